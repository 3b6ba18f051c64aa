/** One small drawing for each tone, beside the words: shapes differ, so that colour is never needed to tell them apart. */
import type { GraphTone } from "../../../model/graph/graph.ts";
import { svg } from "./elements.ts";

/** Paths in a box of 16 by 16. */
const strokes: Readonly<Record<GraphTone, string>> = {
  failed: "M8 2A6 6 0 1 0 8 14A6 6 0 1 0 8 2M5.8 5.8L10.2 10.2M10.2 5.8L5.8 10.2",
  missing: "M8 2A6 6 0 1 0 8 14A6 6 0 1 0 8 2M3.8 12.2L12.2 3.8",
  waiting: "M8 2A6 6 0 1 0 8 14A6 6 0 1 0 8 2M8 4.8V8.2L10.4 9.8",
  working: "M13 6A5.4 5.4 0 0 0 3.4 5M3 10A5.4 5.4 0 0 0 12.6 11M13 2.6V6H9.6M3 13.4V10H6.4",
  changed: "M3 3H13V13H3ZM8 5.4V10.6M5.4 8H10.6",
  unknown: "M8 2A6 6 0 1 0 8 14A6 6 0 1 0 8 2M6.2 6.4A1.8 1.8 0 1 1 8 8.4V9.2M8 11V11.4",
  suspended: "M5.6 3.4V12.6M10.4 3.4V12.6",
  ready: "M8 2A6 6 0 1 0 8 14A6 6 0 1 0 8 2M5.2 8.2L7.2 10.2L10.8 6",
};

export function glyph(tone: GraphTone): SVGElement {
  const attributes = { class: "glyph", viewBox: "0 0 16 16", "aria-hidden": "true" };
  return svg("svg", attributes, [svg("path", { d: strokes[tone] })]);
}
