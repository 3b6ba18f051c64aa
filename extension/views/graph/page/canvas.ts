/** The drawing: nodes in layers with the edges between them. A tree to assistive technology; arrow keys follow the edges. */
import { edgePath } from "../../../model/graph/edge-path.ts";
import type { Layout, Point } from "../../../model/graph/layout.ts";
import { layOut, nodeSize } from "../../../model/graph/layout.ts";
import type { Scene, SceneEdge, SceneNode } from "../../../model/graph/scene.ts";
import type { Step } from "../../../model/graph/steps.ts";
import { inOrder, stepFrom } from "../../../model/graph/steps.ts";
import { element, setAttribute, svg } from "./elements.ts";
import { NodeView } from "./node-view.ts";
import { Viewport } from "./viewport.ts";

export interface CanvasEvents {
  readonly onSelect: (id: string) => void;
  readonly onOpen: (id: string) => void;
  readonly onFold: (id: string) => void;
  readonly onFocus: (id: string) => void;
  readonly onBack: () => void;
  readonly onSearch: () => void;
  /** A key led nowhere. */
  readonly onNothing: (step: Step) => void;
}

/** Factors: the whole of a large graph, and what can be read. */
const smallestFit = 0.3;
const readable = 0.75;
const emptyLayout: Layout = {
  places: new Map(),
  bends: new Map(),
  frames: new Map(),
  width: 0,
  height: 0,
};
const steps: Readonly<Record<string, Step>> = {
  ArrowRight: "right",
  ArrowLeft: "left",
  ArrowUp: "up",
  ArrowDown: "down",
  Home: "first",
  End: "last",
};

export class Canvas {
  readonly element: HTMLElement;
  readonly #events: CanvasEvents;
  readonly #edges = svg("g", {});
  readonly #drawing = svg("svg", { class: "edges", "aria-hidden": "true" });
  readonly #plane = element("div", {
    className: "plane",
    attributes: {
      role: "tree",
      "aria-label": "Objects, from what is needed to what needs it",
      "aria-describedby": "keys",
    },
  });
  readonly #viewport: Viewport;
  readonly #views = new Map<string, NodeView>();
  #layout = emptyLayout;
  #structure = "";
  #scene: Pick<Scene, "nodes" | "edges"> = { nodes: [], edges: [] };
  #selected: string | undefined;

  constructor(events: CanvasEvents) {
    this.#events = events;
    this.#drawing.append(arrowHeads(), this.#edges);
    this.#plane.append(this.#drawing);
    this.element = element("div", { className: "canvas", children: [this.#plane] });
    this.#viewport = new Viewport(this.element, this.#plane);
    this.#plane.addEventListener("keydown", (event) => this.#onKey(event));
    this.#plane.addEventListener("click", ({ target }) => this.#onNode(target, "select"));
    this.#plane.addEventListener("dblclick", ({ target }) => this.#onNode(target, "open"));
    this.#plane.addEventListener("focusin", ({ target }) => this.#onNode(target, "reach"));
  }

  /** What was asked for may stand elsewhere; what came by itself moves as little as it can. */
  draw(scene: Pick<Scene, "nodes" | "edges">, why: "asked" | "live"): void {
    const structure = JSON.stringify([
      scene.nodes.map(({ id }) => id),
      scene.edges.map(({ from, to, relation }) => [from, to, relation]),
    ]);
    this.#scene = scene;
    this.#drawNodes(scene.nodes);
    if (structure === this.#structure) return this.#drawEdges();
    const before = this.#layout;
    this.#structure = structure;
    this.#layout = layOut(
      scene.nodes.map(({ id }) => id),
      scene.edges,
    );
    for (const [id, view] of this.#views) {
      const place = this.#layout.places.get(id);
      if (place !== undefined) view.place(place);
    }
    // Read aloud and reached in the order in which they stand.
    const ordered = inOrder(this.#layout.places).flatMap((id) => this.#views.get(id) ?? []);
    this.#arrange(ordered);
    this.#drawEdges();
    if (why === "asked" && this.#selected === undefined) this.#begin();
    else this.#keepInSight(before);
  }

  get selected(): string | undefined {
    return this.#selected;
  }

  select(id: string | undefined): void {
    if (this.#selected !== undefined) this.#mark(this.#selected, false);
    this.#selected = id !== undefined && this.#views.has(id) ? id : undefined;
    if (this.#selected !== undefined) this.#mark(this.#selected, true);
    this.#reachable();
    this.#drawEdges();
  }

  /** Selects a node and gives it the keyboard. */
  reach(id: string): boolean {
    const view = this.#views.get(id);
    if (view === undefined) return false;
    this.select(id);
    view.element.focus({ preventScroll: true });
    this.#show(id);
    return true;
  }

  fit(): void {
    this.#viewport.fit(this.#layout, smallestFit);
  }

  center(id: string): void {
    const place = this.#layout.places.get(id);
    if (place !== undefined) this.#viewport.center(place);
  }

  zoom(factor: number): void {
    this.#viewport.zoom(factor);
  }

  #drawNodes(nodes: readonly SceneNode[]): void {
    const ids = new Set(nodes.map(({ id }) => id));
    for (const [id, view] of this.#views) {
      if (ids.has(id)) continue;
      view.element.remove();
      this.#views.delete(id);
      if (this.#selected === id) this.#selected = undefined;
    }
    for (const node of nodes) {
      let view = this.#views.get(node.id);
      if (view === undefined) {
        view = new NodeView(node.id);
        this.#views.set(node.id, view);
        view.element.dataset["id"] = node.id;
      }
      view.update(node);
    }
  }

  /** Elements that stand right are not touched: moving one would take the keyboard away from it. */
  #arrange(views: readonly NodeView[]): void {
    let before: Element = this.#drawing;
    for (const view of views) {
      if (before.nextElementSibling !== view.element) {
        const hadFocus = document.activeElement === view.element;
        before.after(view.element);
        if (hadFocus) view.element.focus({ preventScroll: true });
      }
      before = view.element;
    }
    this.#reachable();
  }

  /** One node takes part in the order of the tab key. */
  #reachable(): void {
    const first = this.#plane.querySelector<HTMLElement>(".node");
    if (this.#selected === undefined && first !== null) setAttribute(first, "tabindex", "0");
    else if (first !== null && first.dataset["id"] !== this.#selected)
      setAttribute(first, "tabindex", "-1");
  }

  #mark(id: string, selected: boolean): void {
    const view = this.#views.get(id);
    if (view !== undefined) view.selected = selected;
  }

  #drawEdges(): void {
    const { width, height } = this.#layout;
    this.#plane.style.width = `${Math.ceil(width)}px`;
    this.#plane.style.height = `${Math.ceil(height)}px`;
    const known = new Set<string>();
    const shown = this.#scene.edges.flatMap((edge) => {
      const path = edgePath(edge, this.#layout);
      const key = `${edge.relation} ${path}`;
      if (known.has(key)) return [];
      known.add(key);
      return [this.#edge(edge, path)];
    });
    this.#edges.replaceChildren(...framesOf(this.#layout), ...shown);
  }

  #edge({ from, to, relation, inCycle, count }: SceneEdge, path: string): SVGElement {
    const { frames } = this.#layout;
    const frame = frames.get(this.#selected ?? "");
    const isBeside = frame !== undefined && frames.get(to) === frame;
    const touched = from === this.#selected || to === this.#selected || isBeside;
    const classes = ["edge", relation, inCycle ? "cycle" : "", touched ? "touched" : ""];
    return svg("path", {
      class: classes.filter(Boolean).join(" "),
      d: path,
      "marker-end": `url(#arrow-${inCycle ? "cycle" : relation})`,
      "stroke-width": String(Math.min(6, 1.4 + Math.log2(count))),
    });
  }

  /** Live changes move nothing under the eyes: the selected node, else the one in the middle, stays where it is. */
  #keepInSight(before: Layout): void {
    if (before.places.size === 0) return this.#begin();
    const kept = [...before.places.keys()].filter((id) => this.#layout.places.has(id));
    const anchor =
      this.#selected !== undefined && kept.includes(this.#selected)
        ? this.#selected
        : nearest(this.#viewport.middle, kept, before);
    const [old, now] = [before.places.get(anchor ?? ""), this.#layout.places.get(anchor ?? "")];
    if (old === undefined || now === undefined) return this.#begin();
    this.#viewport.follow(old, now);
  }

  /** Large enough to read, with what matters most in sight. */
  #begin(): void {
    this.#viewport.fit(this.#layout, readable);
    const { nodes } = this.#scene;
    const matters = nodes.find(({ critical }) => critical) ?? nodes.find(isBroken);
    const id = matters?.id ?? inOrder(this.#layout.places)[0];
    if (id !== undefined) this.#show(id);
  }

  #show(id: string): void {
    const place = this.#layout.places.get(id);
    if (place !== undefined) this.#viewport.show(place, nodeSize.width, nodeSize.height);
  }

  #onNode(target: EventTarget | null, how: "select" | "open" | "reach"): void {
    const node = target instanceof Element ? target.closest<HTMLElement>(".node") : null;
    const id = node?.dataset["id"];
    if (id === undefined) return;
    if (how === "open") return this.#events.onOpen(id);
    if (id === this.#selected) return;
    this.select(id);
    if (how === "reach") this.#show(id);
    this.#events.onSelect(id);
  }

  #onKey(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (!this.#act(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  #act(key: string): boolean {
    const id = this.#selected ?? inOrder(this.#layout.places)[0];
    const step = steps[key];
    if (step !== undefined) {
      const next = stepFrom(id ?? "", step, this.#layout, this.#scene.edges);
      if (next === undefined) this.#events.onNothing(step);
      else if (this.reach(next)) this.#events.onSelect(next);
      return true;
    }
    if (id === undefined) return false;
    const acts: Readonly<Record<string, () => void>> = {
      Enter: () => this.#events.onOpen(id),
      " ": () => this.#events.onFold(id),
      f: () => this.#events.onFocus(id),
      Escape: () => this.#events.onBack(),
      "/": () => this.#events.onSearch(),
      "+": () => this.zoom(1.25),
      "-": () => this.zoom(0.8),
      "0": () => this.fit(),
    };
    acts[key]?.();
    return acts[key] !== undefined;
  }
}

function isBroken({ kind, tone }: SceneNode): boolean {
  return kind === "object" && (tone === "failed" || tone === "missing");
}

function framesOf({ frames }: Layout): readonly SVGElement[] {
  return [...new Set(frames.values())].map(({ x, y, width, height }) =>
    svg("rect", {
      class: "frame",
      x: String(x - width / 2),
      y: String(y - height / 2),
      width: String(width),
      height: String(height),
      rx: "6",
    }),
  );
}

function nearest(to: Point, ids: readonly string[], { places }: Layout): string | undefined {
  const distance = (id: string): number => {
    const place = places.get(id);
    return place === undefined ? Infinity : Math.hypot(place.x - to.x, place.y - to.y);
  };
  return ids.reduce<string | undefined>(
    (best, id) => (best === undefined || distance(id) < distance(best) ? id : best),
    undefined,
  );
}

function arrowHeads(): SVGElement {
  const head = (name: string): SVGElement =>
    svg(
      "marker",
      {
        id: `arrow-${name}`,
        class: `head ${name}`,
        viewBox: "0 0 8 8",
        refX: "8",
        refY: "4",
        markerWidth: "8",
        markerHeight: "8",
        markerUnits: "userSpaceOnUse",
        orient: "auto",
      },
      [svg("path", { d: "M0 0L8 4L0 8Z" })],
    );
  return svg("defs", {}, ["dependsOn", "source", "owner", "cycle"].map(head));
}
