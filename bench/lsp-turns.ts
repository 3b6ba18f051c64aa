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

/** Uncounted turns at each place: both are servers that run all day, and V8 compiles what runs often. */
const warmTurns = 8;

/** Each turn is typed at the next place. The first turns are not counted. */
export async function inTurns<Name extends string>(
  checks: Readonly<Record<Name, Check>>,
  text: string,
  places: readonly Typing[],
  { turns, edits }: Turns,
): Promise<Readonly<Record<Name, Cost>>> {
  const names = Object.keys(checks) as Name[];
  const warm = places.length * warmTurns;
  const measured = names.map((name) => ({ name, wall: [] as number[], cpu: [] as number[] }));
  for (let turn = 0; turn < turns + warm; turn++) {
    const typing = places[turn % places.length];
    if (!typing) break;
    for (const { name, wall, cpu } of measured) {
      for (let edit = 0; edit < edits; edit++) {
        const took = await measure(checks[name], typed(text, typing, turn * edits + edit));
        wall.push(took.wall);
        cpu.push(took.cpu);
      }
      if (turn >= warm) continue;
      wall.splice(0);
      cpu.splice(0);
    }
  }
  return Object.fromEntries(
    measured.map(({ name, wall, cpu }) => [name, { wallMs: series(wall), cpuMs: series(cpu) }]),
  ) as Record<Name, Cost>;
}

async function measure(
  check: Check,
  text: string,
): Promise<{ readonly wall: number; readonly cpu: number }> {
  const before = process.cpuUsage();
  const started = performance.now();
  await check(text);
  const wall = performance.now() - started;
  const { user, system } = process.cpuUsage(before);
  return { wall, cpu: (user + system) / 1000 };
}
