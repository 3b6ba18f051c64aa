/** When a live view has VS Code draw something again; what, is tested with `DrawnTree`. */
import { expect, test, vi } from "vitest";

import { clusterChildren } from "../../../extension/model/cluster/live-tree.ts";
import { kustomization, ready } from "./live-objects.ts";
import { World } from "./live-world.ts";

vi.mock("vscode", async () => {
  const { EventEmitter, ...rest } = await import("../../cluster/idle-vscode.ts");
  const visibility = new EventEmitter<{ readonly visible: boolean }>();
  const view = {
    visible: true,
    show(visible: boolean) {
      view.visible = visible;
      visibility.fire({ visible });
    },
    onDidChangeVisibility: visibility.event,
    onDidCollapseElement: () => ({ dispose: () => {} }),
    onDidExpandElement: () => ({ dispose: () => {} }),
    dispose: () => {},
  };
  return { ...rest, EventEmitter, window: { createTreeView: () => view } };
});
const { LiveTreeView } = await import("../../../extension/views/cluster/live-tree-view.ts");

test("a view that nobody sees draws nothing, and catches up when it is seen", () => {
  const world = new World(kustomization("a", { status: ready() }));
  const again = vi.fn<() => void>();
  const one = new LiveTreeView("one", {
    children: () => clusterChildren(world.view(), { mode: "owner", filter: "" }),
    tooltip: () => "",
    command: () => undefined,
    again,
  });
  const { show } = one.view as unknown as { readonly show: (visible: boolean) => void };
  one.getChildren();
  show(false);
  world.put(kustomization("b", { status: ready() }));
  one.refresh();
  expect(one.refreshes).toBe(0);
  show(true);
  expect(again).toHaveBeenCalledTimes(1);
  one.refresh();
  expect(one.refreshes).toBe(1);
  one.dispose();
});
