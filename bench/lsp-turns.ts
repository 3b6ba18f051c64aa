/** Tools on one text after the same edits: each in turn for a few edits, so that a busy moment of the machine hits all of them. */
import type { Typing } from "./lsp-documents.ts";
import { typed } from "./lsp-documents.ts";
import type { Series } from "./statistics.ts";
import { series } from "./statistics.ts";

export type Check = (text: string) => Promise<void> | void;

export interface Cost {
  readonly wallMs: Series;
  /** Of the whole process, threads of the collector included. */
  readonly cpuMs: Series;
}

export interface Turns {
  readonly turns: number;
  readonly edits: number;
}

/** The first turn of each tool is not counted. */
export async function inTurns<Name extends string>(
  checks: Readonly<Record<Name, Check>>,
  text: string,
  typing: Typing,
  { turns, edits }: Turns,
): Promise<Readonly<Record<Name, Cost>>> {
  const names = Object.keys(checks) as Name[];
  const times = names.map((name) => ({ name, wall: [] as number[], cpu: [] as number[] }));
  for (let turn = 0; turn <= turns; turn++) {
    for (const { name, wall, cpu } of times) {
      for (let edit = 0; edit < edits; edit++) {
        const next = typed(text, typing, turn * edits + edit);
        const before = process.cpuUsage();
        const started = performance.now();
        await checks[name](next);
        const passed = performance.now() - started;
        const { user, system } = process.cpuUsage(before);
        if (turn === 0) continue;
        wall.push(passed);
        cpu.push((user + system) / 1000);
      }
    }
  }
  return Object.fromEntries(
    times.map(({ name, wall, cpu }) => [name, { wallMs: series(wall), cpuMs: series(cpu) }]),
  ) as Record<Name, Cost>;
}
