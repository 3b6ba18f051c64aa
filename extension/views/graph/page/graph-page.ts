/** The graph's page as a whole: it draws the scenes that the extension makes, and asks for others. */
import type { GraphAction } from "../../../model/graph/graph.ts";
import type { SavedGraph, ToPage } from "../../../model/graph/messages.ts";
import type { GraphQuery } from "../../../model/graph/query.ts";
import { wholeGraph } from "../../../model/graph/query.ts";
import type { Scene } from "../../../model/graph/scene.ts";
import type { Step } from "../../../model/graph/steps.ts";
import { Aside } from "./aside.ts";
import { Canvas } from "./canvas.ts";
import { element, setText } from "./elements.ts";
import type { Host } from "./host.ts";
import { connectHost } from "./host.ts";
import { Toolbar } from "./toolbar.ts";

const nothingThere: Readonly<Record<Step, string>> = {
  right: "Nothing needs it.",
  left: "It needs nothing.",
  up: "This is the first.",
  down: "This is the last.",
  first: "",
  last: "",
};

export class GraphPage {
  readonly #host: Host;
  readonly #title = element("h1");
  readonly #status = element("p", { className: "status", attributes: { role: "status" } });
  readonly #toolbar: Toolbar;
  readonly #canvas: Canvas;
  readonly #aside: Aside;
  readonly #empty = element("p", { className: "empty" });
  readonly #main: HTMLElement;
  #query: GraphQuery = wholeGraph;
  #subject: SavedGraph["subject"] = { kind: "plan", folder: "" };
  #scene: Scene | undefined;
  /** Whether the next scene is the answer to a question. */
  #asked = false;
  #wantsFound = false;
  /** To be reached once it is drawn. */
  #awaited: string | undefined;

  constructor(root: HTMLElement) {
    this.#toolbar = new Toolbar({
      onQuery: (change) => this.#ask(change),
      onUnfocus: () => this.#unfocus(),
      onZoom: (factor) => this.#canvas.zoom(factor),
      onFit: () => this.#canvas.fit(),
      onEnter: () => (this.#wantsFound = true),
    });
    this.#canvas = new Canvas({
      onSelect: () => this.#drawAside(),
      onOpen: (id) => this.#open(id),
      onFold: (id) => this.#fold(id),
      onFocus: (id) => this.#focus(id),
      onBack: () => this.#back(),
      onSearch: () => this.#toolbar.search(),
      onNothing: (step) => this.#say(nothingThere[step]),
    });
    this.#aside = new Aside({
      onGo: (id) => this.#go(id),
      onAct: (id, action) => this.#act(id, action),
      onFocus: (id) => this.#focus(id),
      onFold: (id) => this.#fold(id),
    });
    this.#main = element("main", { children: [this.#canvas.element, this.#aside.element] });
    const header = element("header", { children: [this.#title, this.#toolbar.element] });
    root.replaceChildren(header, this.#status, this.#main, this.#empty);
    this.#host = connectHost((message) => this.#show(message));
  }

  /** Asks for the first scene. */
  start(): void {
    this.#host.send({ type: "ready" });
  }

  #show(message: ToPage): void {
    const isScene = message.type === "scene";
    setText(this.#title, message.title);
    this.#main.hidden = !isScene;
    this.#empty.hidden = isScene;
    if (!isScene) {
      this.#scene = undefined;
      setText(this.#empty, message.message);
      setText(this.#status, "");
      return;
    }
    const { saved, scene, adopt } = message;
    this.#subject = saved.subject;
    if (adopt || this.#scene === undefined) this.#query = saved.query;
    this.#scene = scene;
    this.#host.save({ subject: this.#subject, query: this.#query });
    this.#toolbar.update(this.#query, scene);
    this.#canvas.draw(scene, this.#asked ? "asked" : "live");
    this.#asked = false;
    setText(this.#status, scene.notes.join(" "));
    if (adopt) this.#awaited = saved.query.focus?.id;
    this.#reachAwaited();
    this.#reachFound();
    this.#drawAside();
  }

  #reachAwaited(): void {
    const id = this.#awaited;
    if (id === undefined || !this.#canvas.reach(id)) return;
    this.#awaited = undefined;
    this.#canvas.center(id);
  }

  #drawAside(): void {
    if (this.#scene !== undefined)
      this.#aside.update(this.#scene, this.#subject.kind, this.#canvas.selected);
  }

  #ask(change: Partial<GraphQuery>): void {
    const focus = this.#query.focus;
    // The toolbar knows the distance and not of whom.
    const moved =
      change.focus !== undefined && focus !== undefined
        ? { focus: { id: focus.id, distance: change.focus.distance } }
        : {};
    this.#query = { ...this.#query, ...change, ...moved };
    this.#send();
  }

  #send(): void {
    this.#asked = true;
    this.#host.save({ subject: this.#subject, query: this.#query });
    this.#host.send({ type: "query", query: this.#query });
  }

  #focus(id: string): void {
    const distance = this.#query.focus?.distance ?? 1;
    this.#awaited = id;
    this.#query = { ...this.#query, text: "", focus: { id, distance } };
    this.#send();
  }

  #unfocus(): void {
    this.#awaited = this.#canvas.selected;
    const { focus: _, ...rest } = this.#query;
    this.#query = rest;
    this.#send();
  }

  /** One step back: out of the neighbourhood, then out of the search. */
  #back(): void {
    if (this.#query.focus !== undefined) this.#unfocus();
    else if (this.#query.text !== "") {
      this.#awaited = this.#canvas.selected;
      this.#ask({ text: "" });
    } else {
      this.#canvas.select(undefined);
      this.#drawAside();
    }
  }

  #fold(id: string): void {
    const node = this.#scene?.nodes.find((one) => one.id === id);
    if (node?.fold === "leaf") return this.#say("There is nothing to unfold.");
    const without = (list: readonly string[]): readonly string[] =>
      list.filter((one) => one !== id);
    const { open, shut } = this.#query;
    const isShut = node?.fold === "shut";
    if (node !== undefined) this.#awaited = isShut && node.kind === "group" ? undefined : id;
    this.#ask(
      isShut
        ? { open: [...without(open), id], shut: without(shut) }
        : { open: without(open), shut: [...without(shut), id] },
    );
  }

  #open(id: string): void {
    const node = this.#scene?.nodes.find((one) => one.id === id);
    if (node?.kind === "group") return this.#fold(id);
    const [action] = node?.actions ?? [];
    if (action === undefined) this.#say("There is nothing to open.");
    else this.#act(id, action);
  }

  #act(id: string, action: GraphAction): void {
    this.#host.send({ type: "act", action, id });
  }

  /** What is not drawn at the moment is looked for by its neighbourhood. */
  #go(id: string): void {
    if (this.#canvas.reach(id)) {
      this.#canvas.center(id);
      this.#drawAside();
    } else this.#focus(id);
  }

  /** From the search to the first thing it finds, once the answer is there. */
  #reachFound(): void {
    if (!this.#wantsFound) return;
    this.#wantsFound = false;
    const found = this.#scene?.nodes.find(({ match }) => match === "found");
    if (found !== undefined) this.#go(found.id);
  }

  #say(text: string): void {
    if (text !== "") setText(this.#status, text);
  }
}
