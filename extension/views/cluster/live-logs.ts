/** A log channel for each object whose controllers are listened to; it ends when its channel is closed with the extension. */
import type { LogOutputChannel } from "vscode";
import { window } from "vscode";

import { refTitle } from "#simulator";
import type { ObjectRef } from "#simulator";

import type { LogLine } from "../../cluster/controller-logs.ts";
import { WithDisposables } from "../../platform/disposables.ts";

export interface LogTarget {
  readonly context: string;
  readonly ref: ObjectRef;
}

type Follow = (
  target: LogTarget,
  onLine: (line: LogLine) => void,
  signal: AbortSignal,
) => Promise<void>;

interface Running {
  readonly channel: LogOutputChannel;
  abort: AbortController;
}

/** Following more than a few objects at once holds too many connections: the oldest ends. */
const most = 5;

export class LiveLogs extends WithDisposables {
  readonly #follow: Follow;
  readonly #running = new Map<string, Running>();

  constructor(follow: Follow) {
    super();
    this.#follow = follow;
  }

  follow(target: LogTarget): void {
    const name = `Flux: ${refTitle(target.ref)} (${target.context})`;
    const before = this.#running.get(name);
    before?.abort.abort();
    const channel = before?.channel ?? this.own(window.createOutputChannel(name, { log: true }));
    channel.clear();
    channel.show(true);
    const abort = new AbortController();
    this.#running.delete(name);
    this.#running.set(name, { channel, abort });
    const [oldest] = this.#running.values();
    if (this.#running.size > most) oldest?.abort.abort();
    this.#follow(target, (line) => write(channel, line), abort.signal).catch((error: unknown) => {
      if (!abort.signal.aborted)
        channel.error(error instanceof Error ? error.message : String(error));
    });
  }

  override dispose(): void {
    for (const { abort } of this.#running.values()) abort.abort();
    this.#running.clear();
    super.dispose();
  }
}

function write(channel: LogOutputChannel, line: LogLine): void {
  const text = [line.time, line.controller, line.message, line.error].filter(Boolean).join("  ");
  switch (line.level) {
    case "error":
      return channel.error(text);
    case "warn":
      return channel.warn(text);
    case "debug":
      return channel.debug(text);
    default:
      return channel.info(text);
  }
}
