/**
 * Draws one of the live views. Elements are node ids. After a change only what was drawn is looked at again, and only nodes
 * that differ are drawn again. How often is decided by who calls `refresh`.
 */
import type { Event, TreeDataProvider, TreeView } from "vscode";
import {
  EventEmitter,
  MarkdownString,
  ThemeColor,
  ThemeIcon,
  TreeItem,
  TreeItemCollapsibleState,
  window,
} from "vscode";

import type { LiveNode } from "../../model/cluster/live-node.ts";
import { WithDisposables } from "../../platform/disposables.ts";

/** What a view contains; all of it decided by `model/cluster`. */
export interface LiveContent {
  /** Children of a node, or the roots. */
  readonly children: (node: LiveNode | undefined) => readonly LiveNode[];
  /** Markdown; made when somebody hovers. */
  readonly tooltip: (node: LiveNode) => string;
  /** The command of a click. */
  readonly command: (node: LiveNode) => string | undefined;
  /** Something is looked at that was not; `refresh` should be called soon. */
  readonly unfolded: () => void;
}

const collapsibleStates: Readonly<Record<LiveNode["expand"], TreeItemCollapsibleState>> = {
  expanded: TreeItemCollapsibleState.Expanded,
  collapsed: TreeItemCollapsibleState.Collapsed,
  leaf: TreeItemCollapsibleState.None,
};

export class LiveTreeView extends WithDisposables implements TreeDataProvider<string> {
  readonly view: TreeView<string>;
  readonly #content: LiveContent;
  readonly #nodes = new Map<string, LiveNode>();
  readonly #parents = new Map<string, string>();
  /** Ids of the children that were drawn; the key of the roots is empty. */
  readonly #drawn = new Map<string, readonly string[]>();
  readonly #fired = this.own(new EventEmitter<string[] | undefined>());
  readonly onDidChangeTreeData: Event<string[] | undefined> = this.#fired.event;
  /** Folded nodes are not looked at until somebody unfolds them. */
  readonly #folded = new Set<string>();
  /** How often something was drawn again; for tests. */
  refreshes = 0;

  constructor(id: string, content: LiveContent) {
    super();
    this.#content = content;
    this.view = this.own(
      window.createTreeView(id, {
        treeDataProvider: this,
        showCollapseAll: true,
        canSelectMany: true,
      }),
    );
    this.own(this.view.onDidCollapseElement(({ element }) => this.#folded.add(element)));
    this.own(
      this.view.onDidExpandElement(({ element }) => {
        if (this.#folded.delete(element)) content.unfolded();
      }),
    );
  }

  node(id: string): LiveNode | undefined {
    return this.#nodes.get(id);
  }

  /** All nodes that were drawn, in no order. */
  get nodes(): Iterable<LiveNode> {
    return this.#nodes.values();
  }

  /** Selects the last node of a path that begins at a root. */
  async reveal(path: readonly string[]): Promise<void> {
    this.getChildren();
    for (const id of path) this.getChildren(id);
    const last = path.at(-1);
    if (last !== undefined && this.#nodes.has(last))
      await this.view.reveal(last, { select: true, focus: true, expand: false });
  }

  /** Looks at what is drawn again, and has drawn again what differs. */
  refresh(): void {
    if (!this.#drawn.has("")) return;
    const changed: string[] = [];
    if (this.#compare(undefined, changed)) this.#fire(undefined);
    else if (changed.length > 0) this.#fire(changed);
  }

  getTreeItem(id: string): TreeItem {
    const node = this.#nodes.get(id);
    return node ? toTreeItem(node, this.#content.command(node)) : new TreeItem("");
  }

  getChildren(id?: string): string[] {
    const parent = id === undefined ? undefined : this.#nodes.get(id);
    if (id !== undefined && parent === undefined) return [];
    const children = this.#content.children(parent);
    const ids = children.map((child) => child.id);
    for (const gone of this.#drawn.get(id ?? "") ?? []) if (!ids.includes(gone)) this.#drop(gone);
    for (const child of children) {
      this.#nodes.set(child.id, child);
      if (id === undefined) this.#parents.delete(child.id);
      else this.#parents.set(child.id, id);
    }
    this.#drawn.set(id ?? "", ids);
    return ids;
  }

  getParent(id: string): string | undefined {
    return this.#parents.get(id);
  }

  /** Only for the item that is hovered: lists stay cheap. */
  resolveTreeItem(item: TreeItem, id: string): TreeItem {
    const node = this.#nodes.get(id);
    if (node) item.tooltip = new MarkdownString(this.#content.tooltip(node));
    return item;
  }

  #fire(ids: string[] | undefined): void {
    this.refreshes++;
    this.#fired.fire(ids);
  }

  /** Whether the children of a drawn node are others now; those that merely look different are added to `changed`. */
  #compare(id: string | undefined, changed: string[]): boolean {
    const before = this.#drawn.get(id ?? "");
    if (before === undefined || this.#folded.has(id ?? "")) return false;
    const parent = id === undefined ? undefined : this.#nodes.get(id);
    const now = this.#content.children(parent);
    if (now.length !== before.length || now.some((node, at) => node.id !== before[at])) return true;
    for (const node of now) {
      const old = this.#nodes.get(node.id);
      const looksDifferent = old === undefined || !isSameNode(old, node);
      this.#nodes.set(node.id, node);
      if (looksDifferent || this.#compare(node.id, changed)) changed.push(node.id);
    }
    return false;
  }

  #drop(id: string): void {
    for (const child of this.#drawn.get(id) ?? []) this.#drop(child);
    this.#drawn.delete(id);
    this.#folded.delete(id);
    this.#nodes.delete(id);
    this.#parents.delete(id);
  }
}

function isSameNode(a: LiveNode, b: LiveNode): boolean {
  return (
    a.label === b.label &&
    a.description === b.description &&
    a.icon.id === b.icon.id &&
    a.icon.color === b.icon.color &&
    a.accessibleLabel === b.accessibleLabel &&
    a.contextValue === b.contextValue &&
    a.expand === b.expand
  );
}

function toTreeItem(node: LiveNode, command: string | undefined): TreeItem {
  const item = new TreeItem(node.label, collapsibleStates[node.expand]);
  item.id = node.id;
  item.description = node.description;
  const { id, color } = node.icon;
  item.iconPath = new ThemeIcon(id, color === undefined ? undefined : new ThemeColor(color));
  item.contextValue = node.contextValue;
  item.accessibilityInformation = { label: node.accessibleLabel };
  if (command !== undefined) item.command = { command, title: "Open", arguments: [node.id] };
  return item;
}
