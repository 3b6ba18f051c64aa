/** Prints where the first second of a process goes, as JSON; a fresh process for each run. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { compileEngine, EngineInstance } from "#simulator/engine";

import { engine } from "./tools.ts";

const marks: [name: string, at: number][] = [];
const mark = (name: string): void => void marks.push([name, performance.now()]);

mark("engine: load its sources");
const bytes = new Uint8Array(readFileSync(engine.wasm));
const image = new Uint8Array(readFileSync(join(dirname(engine.wasm), "engine.image")));
mark("engine: read engine and image");
const module = await compileEngine(bytes);
mark("engine: compile");
const cold = new EngineInstance(module);
mark("engine: instantiate and initialise without image");
cold.warmUp();
mark("engine: first build without image");
const warm = new EngineInstance(module, image);
mark("engine: instantiate with image");
warm.warmUp();
mark("engine: first build with image");

const split = marks.map(([name, at], i) => [name, at - (marks[i - 1]?.[1] ?? 0)] as const);
process.stdout.write(JSON.stringify(Object.fromEntries(split)));
