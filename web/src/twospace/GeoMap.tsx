/** The map: MapLibre for the ground and the camera, deck.gl above it for the data. */
import type { Layer } from "@deck.gl/core";
import { MapLibreOverlay } from "@deck.gl/maplibre";
import type { FeatureCollection } from "geojson";
import { Map as GroundMap, setWorkerUrl } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import "maplibre-gl/dist/maplibre-gl.css";
import { useEffect, useImperativeHandle, useRef, useState, type Ref } from "react";

import { useLook } from "../look/look";
import { groundStyle, landOutline, liesInStates, putGround, stateOutlines, type Bounds } from "./basemap";
import type { Rectangle } from "./BoxTool";
import type { Box } from "./pick";

// MapLibre 6 finds its worker only when told; without it the map stays blank.
setWorkerUrl(workerUrl);

export interface MapHandle {
  png: () => string;
  boxOf: (rectangle: Rectangle) => Box;
  zoom: (by: "in" | "out" | "fit") => void;
}

export interface Tip {
  text: string;
}

interface Props {
  bounds: Bounds | null;
  outlines: FeatureCollection | null;
  layers: Layer[];
  tip: (info: { layer?: { id: string } | null; index: number; object?: unknown }) => string | null;
  onBackground: () => void;
  label: string;
  handle: Ref<MapHandle>;
  facts: Record<string, string | number>;
}

const PADDING = 36;

export default function GeoMap({ bounds, outlines, layers, tip, onBackground, label, handle, facts }: Props) {
  const { palette } = useLook();
  const box = useRef<HTMLDivElement>(null);
  const map = useRef<GroundMap | null>(null);
  const overlay = useRef<MapLibreOverlay | null>(null);
  // The map that can be drawn on. For a moment after a change of theme it is still the one before.
  const [drawable, setDrawable] = useState<GroundMap | null>(null);
  const calls = useRef({ tip, onBackground });
  calls.current = { tip, onBackground };

  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const made = new GroundMap({
      container: element,
      style: groundStyle(palette),
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      boxZoom: false,
      renderWorldCopies: false,
      maxPitch: 0,
      // For downloads: a drawing buffer that may be cleared gives empty pictures.
      canvasContextAttributes: { preserveDrawingBuffer: true, antialias: true },
      ...(bounds ? { bounds: [...bounds] as [number, number, number, number], fitBoundsOptions: { padding: PADDING } } : { center: [0, 20], zoom: 1 }),
    });
    made.touchZoomRotate.disableRotation();
    const data = new MapLibreOverlay({
      interleaved: false,
      layers: [],
      pickingRadius: 4,
      getTooltip: (info) => {
        const text = calls.current.tip(info);
        return text ? { text, className: "map-tip", style: {} } : null;
      },
      onClick: (info) => {
        if (!info.layer) calls.current.onBackground();
      },
    });
    made.addControl(data);
    // Not "load": that waits for a first full picture, which data need not wait for.
    made.once("style.load", () => setDrawable(made));
    map.current = made;
    overlay.current = data;
    return () => {
      setDrawable(null);
      made.remove();
      map.current = null;
      overlay.current = null;
    };
    // The map is made once for each theme; bounds and data are applied below.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [palette]);

  useEffect(() => {
    if (!drawable || drawable !== map.current) return undefined;
    let live = true;
    const put = (name: "land" | "states") => (data: FeatureCollection) => {
      if (live) putGround(drawable, name, data, palette);
    };
    void landOutline().then(put("land"));
    if (liesInStates(bounds)) void stateOutlines().then(put("states"));
    return () => {
      live = false;
    };
  }, [drawable, bounds, palette]);

  useEffect(() => {
    if (drawable && drawable === map.current && outlines) putGround(drawable, "outlines", outlines, palette);
  }, [drawable, outlines, palette]);

  useEffect(() => {
    if (drawable && drawable === map.current) overlay.current?.setProps({ layers });
  }, [drawable, layers]);

  const frame = bounds?.join(",");
  useEffect(() => {
    if (drawable && drawable === map.current && bounds) drawable.fitBounds([...bounds] as [number, number, number, number], { padding: PADDING, duration: 0 });
    // By value: a new list with the same bounds must not move the camera.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [drawable, frame]);

  useImperativeHandle(handle, () => ({
    png: () => (map.current ? picture(map.current) : ""),
    boxOf: ({ left, top, right, bottom }) => {
      const [a, b] = [map.current?.unproject([left, bottom]), map.current?.unproject([right, top])];
      return [a?.lng ?? 0, a?.lat ?? 0, b?.lng ?? 0, b?.lat ?? 0];
    },
    zoom: (by) => {
      if (by === "in") map.current?.zoomIn({ duration: 160 });
      else if (by === "out") map.current?.zoomOut({ duration: 160 });
      else if (bounds) map.current?.fitBounds([...bounds] as [number, number, number, number], { padding: PADDING, duration: 160 });
    },
  }));

  return <div ref={box} className="geo" role="region" aria-label={label} data-testid="map" data-ready={drawable !== null} {...Object.fromEntries(Object.entries(facts).map(([name, value]) => [`data-${name}`, value]))} />;
}

/** Ground and data on one canvas. */
function picture(map: GroundMap): string {
  const container = map.getContainer();
  const layers = [...container.querySelectorAll("canvas")];
  const first = layers[0];
  if (!first) return "";
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [first.width, first.height];
  const context = canvas.getContext("2d");
  for (const layer of layers) context?.drawImage(layer, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/png");
}
