/**
 * How long changes take from their arrival to trees that show them, as the extension host sees it: a change is shown when VS Code
 * has fetched every row that was drawn again because of the changes up to it, or at once when there was none to draw.
 */
import type { ClusterSession } from "../../../extension/cluster/session.ts";
import type { Live } from "../../../extension/commands/live/live.ts";
import type { LiveTreeView } from "../../../extension/views/cluster/live-tree-view.ts";

interface DrawingTimes {
  /** Milliseconds, one for each change that is shown. */
  readonly latencies: readonly number[];
  /** Rows that VS Code fetched. */
  readonly rows: number;
  /** Changes that wait for a row that VS Code did not fetch. */
  readonly waiting: number;
  stop(): void;
}

/** What was drawn in one go; of each view the rows that VS Code has not fetched yet. */
interface Drawing {
  readonly arrivals: readonly number[];
  readonly missing: Set<string>;
}

/** The key of a drawing of all roots. */
const roots = "roots";

export function timeDrawing({ views }: Live, session: ClusterSession): DrawingTimes {
  const arrived = onArrival(session);
  const latencies: number[] = [];
  let rows = 0;
  let open: Drawing[] = [];
  const fetched = (key: string): void => {
    for (const { missing } of open) missing.delete(key);
    settle();
  };
  const settle = (): void => {
    const now = performance.now();
    for (const { arrivals, missing } of open)
      if (missing.size === 0) latencies.push(...arrivals.map((at) => now - at));
    open = open.filter(({ missing }) => missing.size > 0);
  };
  const all = { attention: views.attention, clusters: views.clusters, sources: views.sources };
  const stops = Object.entries(all).map(([name, view]) =>
    watchFetches(view, {
      row: () => rows++,
      fetched: (key) => fetched(`${name} ${key}`),
      fired: (keys) => {
        for (const key of keys) drawing?.missing.add(`${name} ${key}`);
      },
    }),
  );
  let drawing: Drawing | undefined;
  // The three are drawn one after the other, when all that has arrived is known to them.
  around(views.attention, "before", () => {
    drawing = { arrivals: arrived.splice(0), missing: new Set() };
  });
  around(views.sources, "after", () => {
    if (drawing !== undefined) open.push(drawing);
    drawing = undefined;
    settle();
  });
  return {
    latencies,
    get rows() {
      return rows;
    },
    get waiting() {
      return open.reduce((sum, { arrivals }) => sum + arrivals.length, 0);
    },
    stop: () => stops.forEach((stop) => stop()),
  };
}

function around(view: LiveTreeView, when: "before" | "after", work: () => void): void {
  const refresh = view.refresh.bind(view);
  view.refresh = () => {
    if (when === "before") work();
    refresh();
    if (when === "after") work();
  };
}

function watchFetches(
  view: LiveTreeView,
  told: {
    readonly row: () => void;
    readonly fetched: (key: string) => void;
    readonly fired: (keys: readonly string[]) => void;
  },
): () => void {
  const getTreeItem = view.getTreeItem.bind(view);
  const getChildren = view.getChildren.bind(view);
  let lastRoot: string | undefined;
  view.getTreeItem = (id) => {
    told.row();
    const item = getTreeItem(id);
    told.fetched(id);
    if (id === lastRoot) told.fetched(roots);
    return item;
  };
  view.getChildren = (id) => {
    const ids = getChildren(id);
    if (id === undefined) {
      lastRoot = ids.at(-1);
      if (lastRoot === undefined) told.fetched(roots);
    }
    return ids;
  };
  const subscription = view.onDidChangeTreeData((ids) => told.fired(ids ?? [roots]));
  return () => subscription.dispose();
}

/** When objects arrive from the API server, from now on. */
export function onArrival(session: ClusterSession): number[] {
  const arrived: number[] = [];
  const put = session.store.put.bind(session.store);
  session.store.put = (scope, raw) => {
    for (const _ of raw) arrived.push(performance.now());
    put(scope, raw);
  };
  return arrived;
}
