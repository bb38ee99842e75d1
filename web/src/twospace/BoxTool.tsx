/** Drawing a rectangle over a pane; what lies in it is for the pane to say. */
import { useState, type PointerEvent } from "react";

export interface Rectangle {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

interface Props {
  space: "physical" | "digital";
  onDone: (rectangle: Rectangle) => void;
}

/** Smaller than this is a slip of the hand. */
const LEAST_PIXELS = 6;

export function BoxTool({ space, onDone }: Props) {
  const [from, setFrom] = useState<[number, number] | null>(null);
  const [to, setTo] = useState<[number, number] | null>(null);

  const at = (event: PointerEvent): [number, number] => {
    const box = event.currentTarget.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const drawn = from && to ? { left: Math.min(from[0], to[0]), right: Math.max(from[0], to[0]), top: Math.min(from[1], to[1]), bottom: Math.max(from[1], to[1]) } : null;
  return (
    <div
      className={`box-tool box-tool-${space}`}
      data-testid={`box-${space}`}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        setFrom(at(event));
        setTo(at(event));
      }}
      onPointerMove={(event) => from && setTo(at(event))}
      onPointerUp={() => {
        if (drawn && drawn.right - drawn.left > LEAST_PIXELS && drawn.bottom - drawn.top > LEAST_PIXELS) onDone(drawn);
        setFrom(null);
        setTo(null);
      }}
    >
      {drawn ? <i style={{ left: drawn.left, top: drawn.top, width: drawn.right - drawn.left, height: drawn.bottom - drawn.top }} /> : null}
    </div>
  );
}
