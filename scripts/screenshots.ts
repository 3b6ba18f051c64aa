/**
 * Takes the pictures of docs/images from the packaged extension, in a dark, a light and a high-contrast theme. Not a test.
 * `node scripts/screenshots.ts [preview] [language] [live] [graph] [push]`; without arguments everything. The live views are those of a real cluster,
 * which `npm run build:test-cluster` builds.
 */
import { mkdirSync } from "node:fs";
import process from "node:process";

import { graphPictures } from "./screenshots/graph.ts";
import { languagePictures } from "./screenshots/language.ts";
import { livePictures } from "./screenshots/live.ts";
import { previewPictures } from "./screenshots/preview.ts";
import { pushPictures } from "./screenshots/push.ts";
import { images } from "./screenshots/take.ts";

const groups = {
  preview: previewPictures,
  language: languagePictures,
  live: livePictures,
  graph: graphPictures,
  push: pushPictures,
} as const;

mkdirSync(images, { recursive: true });
const wanted = process.argv.slice(2);
for (const [name, take] of Object.entries(groups))
  if (wanted.length === 0 || wanted.includes(name)) await take();
