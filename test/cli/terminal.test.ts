// Writing to slow, closed and broken readers, and the progress line.
import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";

import { progressLine, ReaderGone, writeAll } from "../../cli/terminal.ts";
import type { Stream } from "../../cli/terminal.ts";

const signal = new AbortController().signal;

/** A reader with a small buffer that takes text only when asked. */
function slowReader(): PassThrough {
  return new PassThrough({ highWaterMark: 1024, encoding: "utf8" });
}

describe("writeAll", () => {
  test("waits for the reader and loses nothing", async () => {
    const reader = slowReader();
    let made = 0;
    function* texts(): Generator<string> {
      for (made = 0; made < 100; made += 1) yield "x".repeat(10_000);
    }
    const writing = writeAll(reader, texts(), signal);
    await new Promise((resolve) => setImmediate(resolve));
    expect(made).toBeLessThan(20);
    let received = 0;
    reader.on("data", (text: string) => (received += text.length));
    await writing;
    reader.end();
    await new Promise((resolve) => reader.once("end", resolve));
    expect(received).toBe(1_000_000);
  });

  test.each(["while waiting", "before"])("stops when the reader goes %s", async (when) => {
    const reader = slowReader();
    reader.on("error", () => undefined);
    const gone = (): unknown =>
      reader.destroy(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
    if (when === "before") gone();
    const writing = writeAll(reader, ["x".repeat(200_000), "y".repeat(200_000)], signal);
    if (when !== "before") gone();
    await expect(writing).rejects.toBeInstanceOf(ReaderGone);
  });

  test("stops when the run is interrupted", async () => {
    const controller = new AbortController();
    const writing = writeAll(slowReader(), ["x".repeat(200_000), "y"], controller.signal);
    controller.abort();
    await expect(writing).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
  });
});

describe("progressLine", () => {
  function progressOf(
    isTTY: boolean,
    times: readonly number[],
    env: Readonly<Record<string, string>> = {},
  ): string {
    const written: string[] = [];
    const stderr: Stream = {
      isTTY,
      columns: 20,
      write: (text) => written.push(text) > 0,
      once: () => 0,
      off: () => 0,
    };
    let time = 0;
    const line = progressLine({ stdout: stderr, stderr, env }, () => time);
    for (const [index, moment] of times.entries()) {
      time = moment;
      line.show({ stage: "render", done: index, total: times.length });
    }
    line.end();
    return written.join("");
  }

  test("is drawn on a terminal after a while, now and then, and taken away", () => {
    const clear = "\r\u001b[2K";
    expect(progressOf(true, [0, 100, 299, 301, 310, 400])).toBe(
      `${clear}rendering 3/6 …${clear}rendering 5/6 …${clear}`,
    );
  });

  test.each([
    ["work is short", true, [0, 299], {}],
    ["stderr is a pipe", false, [0, 1000], {}],
    ["the terminal is dumb", true, [0, 1000], { TERM: "dumb" }],
  ] as const)("is silent when %s", (_name, isTTY, times, env) => {
    expect(progressOf(isTTY, times, env)).toBe("");
  });
});
