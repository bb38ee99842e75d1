/** Pictures that can be pasted into a report: with title, takeaway and source. */
import { FONT } from "./frame";

interface Frame {
  title: string;
  takeaway: string;
  source: string;
}

const SCALE = 2;
const MARGIN = 20 * SCALE;

/** Put a title above and the source below a picture given as a data address. */
export async function framedPng(picture: string, { title, takeaway, source }: Frame): Promise<Blob> {
  const image = new Image();
  image.src = picture;
  await image.decode();
  const style = getComputedStyle(document.documentElement);
  const [surface, ink, soft] = ["--surface", "--ink", "--ink-soft"].map((name) => style.getPropertyValue(name).trim() || "#888888") as [string, string, string];
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d");
  if (!context) throw new Error("This browser cannot draw pictures.");
  const width = image.width + 2 * MARGIN;
  const inner = width - 2 * MARGIN;
  const fonts = { title: `600 ${15 * SCALE}px ${FONT}`, text: `${12 * SCALE}px ${FONT}`, source: `${10.5 * SCALE}px ${FONT}` };
  const wrap = (text: string, font: string) => {
    context.font = font;
    return wrapped(text, inner, (part) => context.measureText(part).width);
  };
  const blocks = [
    { lines: wrap(title, fonts.title), font: fonts.title, colour: ink, step: 22 * SCALE },
    { lines: wrap(takeaway, fonts.text), font: fonts.text, colour: soft, step: 18 * SCALE },
  ];
  const sourceLines = wrap(source, fonts.source);
  const head = MARGIN + blocks.reduce((sum, { lines, step }) => sum + lines.length * step, 0) + 8 * SCALE;
  canvas.width = width;
  canvas.height = head + image.height + sourceLines.length * 15 * SCALE + MARGIN + 6 * SCALE;
  context.fillStyle = surface;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.textBaseline = "top";
  let y = MARGIN;
  for (const { lines, font, colour, step } of blocks) {
    context.font = font;
    context.fillStyle = colour;
    for (const line of lines) {
      context.fillText(line, MARGIN, y);
      y += step;
    }
  }
  context.drawImage(image, MARGIN, head);
  context.font = fonts.source;
  context.fillStyle = soft;
  sourceLines.forEach((line, k) => context.fillText(line, MARGIN, head + image.height + 10 * SCALE + k * 15 * SCALE));
  return await new Promise<Blob>((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The picture could not be made."))), "image/png");
  });
}

/** Break text at spaces, or between Chinese characters, so that each line fits. */
export function wrapped(text: string, width: number, measure: (text: string) => number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const part of text.match(/[\u2e80-\uffef]|[^\s\u2e80-\uffef]+\s*|\s+/g) ?? []) {
    if (line && measure((line + part).trimEnd()) > width) {
      lines.push(line.trimEnd());
      line = part.trimStart();
    } else line += part;
  }
  if (line.trim()) lines.push(line.trimEnd());
  return lines;
}
