/** A list of boxes to tick behind a button: which kinds, namespaces or states are shown. Nothing ticked shows everything. */
import { element, setText } from "./elements.ts";

export interface Choice {
  readonly value: string;
  readonly title: string;
  readonly count?: number;
}

/** Longer lists are cut: nobody ticks through them, and the search finds the rest. */
const longest = 200;

export class ChoiceList {
  readonly element: HTMLDetailsElement;
  readonly #title: string;
  readonly #summary = element("summary");
  readonly #list: HTMLElement;
  readonly #onChange: (values: readonly string[]) => void;
  #choices = "";
  #chosen: ReadonlySet<string> = new Set();

  constructor(title: string, onChange: (values: readonly string[]) => void) {
    this.#title = title;
    this.#onChange = onChange;
    this.#list = element("div", {
      className: "choices",
      attributes: { role: "group", "aria-label": title },
    });
    this.element = element("details", {
      className: "choice",
      children: [this.#summary, this.#list],
    });
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.element.open) return;
      event.stopPropagation();
      this.element.open = false;
      this.#summary.focus();
    });
    this.element.addEventListener("focusout", ({ relatedTarget }) => {
      const isInside = relatedTarget instanceof Node && this.element.contains(relatedTarget);
      if (relatedTarget !== null && !isInside) this.element.open = false;
    });
  }

  update(choices: readonly Choice[], chosen: readonly string[]): void {
    this.#chosen = new Set(chosen);
    const count = chosen.length === 0 ? "all" : String(chosen.length);
    setText(this.#summary, `${this.#title}: ${count}`);
    const key = JSON.stringify([choices, chosen]);
    if (key === this.#choices) return;
    this.#choices = key;
    const focused = document.activeElement?.getAttribute("data-value");
    const rows = choices.slice(0, longest).map((choice) => this.#row(choice));
    const rest = choices.length - rows.length;
    const more = element("p", { text: `${rest} more: use the search.` });
    this.#list.replaceChildren(...rows, ...(rest > 0 ? [more] : []));
    for (const box of this.#list.querySelectorAll("input"))
      if (box.dataset["value"] === focused) box.focus();
  }

  #row({ value, title, count }: Choice): HTMLElement {
    const box = element("input", { attributes: { type: "checkbox", "data-value": value } });
    box.checked = this.#chosen.has(value);
    box.addEventListener("change", () => {
      const next = new Set(this.#chosen);
      if (box.checked) next.add(value);
      else next.delete(value);
      this.#onChange([...next]);
    });
    const text = count === undefined ? title : `${title} (${count})`;
    return element("label", { children: [box, element("span", { text })] });
  }
}
