/** What a verb is given and what it answers; the same for all, so that run.ts can treat them as a table. */
import type { Engine, FileTree, Live, Progress, SimulationOptions, Simulator } from "#simulator";

import type { Style } from "../print/style.ts";
import type { Request } from "../request.ts";

/** 0: nothing found. 1: differences or problems. (2, could not run, is a thrown `UserError`.) */
export type ExitCode = 0 | 1;

/** The trees and the simulator that a request names. */
export interface Session {
  readonly simulator: Simulator;
  /** The simulator's own, for questions that are no simulation. */
  readonly engine: Pick<Engine, "call">;
  readonly options: SimulationOptions;
  readonly target: FileTree;
  /** The state to compare with, when the verb has one. */
  readonly base?: FileTree;
  /** The cluster to compare with instead. */
  readonly live?: Live;
  /** What the user should know about how the request was read: files left out, the root that was chosen. */
  readonly notes: readonly string[];
  /** After the verb, when it was not interrupted; answers what the user should know. */
  readonly finish?: (signal: AbortSignal) => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

export interface VerbContext {
  readonly request: Request;
  readonly session: Session;
  /** Writes to stdout, waiting for a slow reader. */
  readonly print: (texts: Iterable<string>) => Promise<void>;
  /** Writes to stderr. */
  readonly report: (texts: Iterable<string>) => Promise<void>;
  readonly style: Style;
  readonly reportStyle: Style;
  readonly onProgress: (progress: Progress) => void;
  readonly signal: AbortSignal;
}

export type RunVerb = (context: VerbContext) => Promise<ExitCode>;
