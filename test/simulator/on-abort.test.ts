/** One listener for any number of waiters. */
import { describe, expect, it } from "vitest";

import { onAbort } from "../../simulator/on-abort.ts";

describe("onAbort", () => {
  it("calls everyone who still waits, once, with one listener", () => {
    const controller = new AbortController();
    let listeners = 0;
    const add = controller.signal.addEventListener.bind(controller.signal);
    controller.signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners++;
      add(...args);
    };
    const called: number[] = [];
    const leave = Array.from({ length: 20 }, (_, number) =>
      onAbort(controller.signal, () => called.push(number)),
    );
    leave[3]?.();
    controller.abort();
    controller.signal.dispatchEvent(new Event("abort"));
    expect(called).toHaveLength(19);
    expect(called).not.toContain(3);
    expect(listeners).toBe(1);
  });

  it("does nothing without a signal", () => {
    expect(onAbort(undefined, () => undefined)()).toBeUndefined();
  });
});
