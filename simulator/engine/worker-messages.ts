/** What the pool and an engine worker say to each other. Everything survives `structuredClone`. */
import type { IgnoreRequest } from "./instance.ts";
import type { EngineCall, EngineCalls } from "./protocol.ts";

export type EngineJob =
  | {
      readonly kind: "call";
      readonly call: EngineCall;
      readonly request: EngineCalls[EngineCall][0];
    }
  | { readonly kind: "excluded"; readonly request: IgnoreRequest };

export type EngineValue = EngineCalls[EngineCall][1] | readonly string[];

export type ToWorker =
  | {
      readonly type: "start";
      readonly module: WebAssembly.Module;
      /** A file of `encodeImage`. */
      readonly image?: Uint8Array;
    }
  | {
      readonly type: "job";
      readonly id: number;
      readonly drop: readonly string[];
      /** Encoded batches of `putFiles`. */
      readonly batches: readonly Uint8Array[];
      readonly job: EngineJob;
    };

export type FromWorker =
  | { readonly type: "ready" }
  | {
      readonly type: "done";
      readonly id: number;
      readonly value: EngineValue;
      readonly memoryBytes: number;
    }
  /** The instance is broken; the worker is of no further use. `id` is absent when it did not even start. */
  | { readonly type: "crashed"; readonly id?: number; readonly message: string };

/** A worker as the pool sees it: a thread in Node, a web worker in a browser. */
export interface EngineWorker {
  post(message: ToWorker, transfer: readonly ArrayBuffer[]): void;
  /** Whether this worker alone may keep the process alive. */
  holdProcess(hold: boolean): void;
  /** Milliseconds of processor time that it has used, or at most has used; `undefined` where nobody can tell. */
  spentMs?(): number | undefined;
  terminate(): void;
}

export interface EngineWorkerEvents {
  onMessage(message: FromWorker): void;
  /** The worker ended without being asked. */
  onExit(message: string): void;
}

export type SpawnEngineWorker = (events: EngineWorkerEvents) => EngineWorker;
