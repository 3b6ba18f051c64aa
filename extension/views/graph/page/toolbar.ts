/** Search, filters, folding, focus and zoom above the drawing. Holds no state but what is being typed. */
import { relationTitles } from "../../../model/graph/action-words.ts";
import { graphRelations, graphTones } from "../../../model/graph/graph.ts";
import type { GraphQuery, Grouping } from "../../../model/graph/query.ts";
import { farthest, groupings } from "../../../model/graph/query.ts";
import type { Scene } from "../../../model/graph/scene.ts";
import { toneWord } from "../../../model/graph/tone-words.ts";
import type { Choice } from "./choice.ts";
import { ChoiceList } from "./choice.ts";
import { element, setText } from "./elements.ts";

export interface ToolbarEvents {
  readonly onQuery: (change: Partial<GraphQuery>) => void;
  readonly onUnfocus: () => void;
  readonly onZoom: (factor: number) => void;
  readonly onFit: () => void;
  /** From the search into the drawing. */
  readonly onEnter: () => void;
}

const groupingTitles: Readonly<Record<Grouping, string>> = {
  auto: "Fold when needed",
  owner: "Fold by owner",
  namespace: "Fold by namespace",
};

/** Milliseconds after the last key. */
const typingPause = 200;

export class Toolbar {
  readonly element: HTMLElement;
  readonly #events: ToolbarEvents;
  readonly #search = element("input", {
    attributes: { type: "search", placeholder: "Search", "aria-label": "Search objects" },
  });
  readonly #kinds: ChoiceList;
  readonly #namespaces: ChoiceList;
  readonly #tones: ChoiceList;
  readonly #relations: ChoiceList;
  readonly #grouping = element("select", { attributes: { "aria-label": "Folding" } });
  readonly #focus = element("span", { className: "focus" });
  readonly #distance = element("select", { attributes: { "aria-label": "Steps around it" } });
  readonly #focused = element("span");
  #timer = 0;

  constructor(events: ToolbarEvents) {
    this.#events = events;
    const { onQuery } = events;
    this.#kinds = new ChoiceList("Kinds", (kinds) => onQuery({ kinds }));
    this.#namespaces = new ChoiceList("Namespaces", (namespaces) => onQuery({ namespaces }));
    this.#tones = new ChoiceList("States", (names) =>
      onQuery({ tones: graphTones.filter((tone) => names.includes(tone)) }),
    );
    this.#relations = new ChoiceList("Edges", (names) =>
      onQuery({ relations: graphRelations.filter((relation) => names.includes(relation)) }),
    );
    this.#grouping.append(
      ...groupings.map((value) =>
        element("option", { text: groupingTitles[value], attributes: { value } }),
      ),
    );
    this.#listen();
    this.element = element("div", {
      className: "toolbar",
      attributes: { role: "group", "aria-label": "What is shown" },
      children: [
        this.#search,
        ...[this.#kinds, this.#namespaces, this.#tones, this.#relations].map((one) => one.element),
        this.#grouping,
        this.#focus,
        ...this.#zoomButtons(),
      ],
    });
    this.#makeFocus();
  }

  update(query: GraphQuery, { choices, nodes }: Scene): void {
    if (document.activeElement !== this.#search && this.#search.value !== query.text)
      this.#search.value = query.text;
    const plain = ({ name, count }: Scene["choices"]["kinds"][number]): Choice => ({
      value: name,
      title: name,
      count,
    });
    this.#kinds.update(choices.kinds.map(plain), query.kinds);
    this.#namespaces.update(choices.namespaces.map(plain), query.namespaces);
    const tones = choices.tones.map(({ name, count }) => ({
      value: name,
      title: toneWord(name),
      count,
    }));
    this.#tones.update(tones, query.tones);
    const relations = graphRelations.map((value) => ({ value, title: relationTitles[value] }));
    const all = query.relations.length === graphRelations.length;
    this.#relations.update(relations, all ? [] : query.relations);
    this.#grouping.value = query.grouping;
    const { focus } = query;
    this.#focus.hidden = focus === undefined;
    if (focus === undefined) return;
    this.#distance.value = String(focus.distance);
    const title = nodes.find(({ id }) => id === focus.id)?.title ?? "";
    setText(this.#focused, `Around ${title}`);
  }

  search(): void {
    this.#search.focus();
    this.#search.select();
  }

  #listen(): void {
    const { onQuery, onEnter } = this.#events;
    const send = (): void => {
      clearTimeout(this.#timer);
      onQuery({ text: this.#search.value });
    };
    this.#search.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(send, typingPause);
    });
    this.#search.addEventListener("keydown", ({ key }) => {
      if (key === "Enter") {
        send();
        onEnter();
      }
      if (key !== "Escape") return;
      this.#search.value = "";
      send();
    });
    this.#grouping.addEventListener("change", () => {
      const grouping = groupings.find((one) => one === this.#grouping.value) ?? "auto";
      onQuery({ grouping, open: [], shut: [] });
    });
  }

  #makeFocus(): void {
    const steps = Array.from({ length: farthest }, (_, at) => String(at + 1));
    this.#distance.append(
      ...steps.map((value) =>
        element("option", {
          text: value === "1" ? "1 step" : `${value} steps`,
          attributes: { value },
        }),
      ),
    );
    this.#distance.addEventListener("change", () =>
      this.#events.onQuery({ focus: { id: "", distance: Number(this.#distance.value) } }),
    );
    const back = element("button", { text: "Show All", onClick: this.#events.onUnfocus });
    this.#focus.hidden = true;
    this.#focus.append(this.#focused, this.#distance, back);
  }

  #zoomButtons(): readonly HTMLElement[] {
    const { onZoom, onFit } = this.#events;
    const button = (text: string, label: string, onClick: () => void): HTMLElement =>
      element("button", { text, attributes: { "aria-label": label, title: label }, onClick });
    return [
      button("−", "Zoom Out", () => onZoom(0.8)),
      button("+", "Zoom In", () => onZoom(1.25)),
      button("Fit", "Fit", onFit),
    ];
  }
}
