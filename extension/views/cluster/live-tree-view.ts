/**
 * Draws one of the live views. Elements are node ids. What has to be drawn again after a change is decided by `DrawnTree`, and
 * how often by who calls `refresh`.
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

import { DrawnTree } from "../../model/cluster/drawn-tree.ts";
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
  /** Something should be looked at again: `refresh` is to be called soon. */
  readonly again: () => void;
}

const collapsibleStates: Readonly<Record<LiveNode["expand"], TreeItemCollapsibleState>> = {
  expanded: TreeItemCollapsibleState.Expanded,
  collapsed: TreeItemCollapsibleState.Collapsed,
  leaf: TreeItemCollapsibleState.None,
};

export class LiveTreeView extends WithDisposables implements TreeDataProvider<string> {
  readonly view: TreeView<string>;
  readonly #content: LiveContent;
  readonly #drawn: DrawnTree;
  readonly #fired = this.own(new EventEmitter<string[] | undefined>());
  readonly onDidChangeTreeData: Event<string[] | undefined> = this.#fired.event;
  #later: NodeJS.Timeout | undefined;
  /** How often something was drawn again; for tests. */
  refreshes = 0;

  constructor(id: string, content: LiveContent) {
    super();
    this.#content = content;
    this.#drawn = new DrawnTree(content.children);
    this.view = this.own(
      window.createTreeView(id, {
        treeDataProvider: this,
        showCollapseAll: true,
        canSelectMany: true,
      }),
    );
    this.own(this.view.onDidCollapseElement(({ element }) => this.#drawn.fold(element)));
    this.own(
      this.view.onDidExpandElement(({ element }) => {
        if (this.#drawn.unfold(element)) content.again();
      }),
    );
    this.own(
      this.view.onDidChangeVisibility(({ visible }) => {
        if (visible) content.again();
      }),
    );
    this.own({ dispose: () => clearTimeout(this.#later) });
  }

  node(id: string): LiveNode | undefined {
    return this.#drawn.node(id);
  }

  /** All nodes that were drawn, in no order. */
  get nodes(): Iterable<LiveNode> {
    return this.#drawn.nodes();
  }

  /** Selects the last node of a path that begins at a root. */
  async reveal(path: readonly string[]): Promise<void> {
    this.#drawn.drawTo(path);
    const last = path.at(-1);
    if (last !== undefined && this.node(last) !== undefined)
      await this.view.reveal(last, { select: true, focus: true, expand: false });
  }

  /** Looks at what is drawn again, and has drawn again what differs. A view that nobody sees waits until somebody does. */
  refresh(): void {
    if (!this.view.visible) return;
    const { all, ids, wait } = this.#drawn.redraw();
    if (all) this.#fire(undefined);
    else if (ids.length > 0) this.#fire([...ids]);
    clearTimeout(this.#later);
    this.#later = wait === undefined ? undefined : setTimeout(() => this.#content.again(), wait);
  }

  getTreeItem(id: string): TreeItem {
    const node = this.node(id);
    return node ? toTreeItem(node, this.#content.command(node)) : new TreeItem("");
  }

  getChildren(id?: string): string[] {
    return [...this.#drawn.draw(id)];
  }

  getParent(id: string): string | undefined {
    return this.#drawn.parent(id);
  }

  /** Only for the item that is hovered: lists stay cheap. */
  resolveTreeItem(item: TreeItem, id: string): TreeItem {
    const node = this.node(id);
    if (node) item.tooltip = new MarkdownString(this.#content.tooltip(node));
    return item;
  }

  #fire(ids: string[] | undefined): void {
    this.refreshes++;
    this.#fired.fire(ids);
  }
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
