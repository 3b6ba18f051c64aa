/**
 * Long lists are shown page by page: each page ends with a row that holds the rest, which is drawn when somebody unfolds it. A list
 * of thousands would have to be drawn again as a whole each time a row comes or goes. Pure.
 */
import { count } from "../words.ts";
import type { LiveNode, LiveTarget } from "./live-node.ts";
import { nodeIds, plainNode } from "./live-node.ts";

const pageSize = 100;

/** Where a page begins, and in which list. */
interface Page {
  readonly context: string;
  /** The node whose children are listed; absent for the roots of a view. */
  readonly list?: LiveTarget;
  readonly from: number;
}

/** One page of the rows; only these are made into nodes. */
export function onePage<Row>(
  rows: readonly Row[],
  page: Page,
  toNode: (row: Row) => LiveNode,
): readonly LiveNode[] {
  const nodes = rows.slice(page.from, page.from + pageSize).map(toNode);
  const next = page.from + nodes.length;
  const rest = rows.length - next;
  return rest > 0 ? [...nodes, moreNode({ ...page, from: next }, rest)] : nodes;
}

function moreNode({ context, list, from }: Page, rest: number): LiveNode {
  const id = nodeIds.more(context, list === undefined ? "" : listKey(list), from);
  const asked = list === undefined ? {} : { list };
  return plainNode(
    "note",
    id,
    { kind: "more", context, from, ...asked },
    {
      label: `${count(rest, "more object")}…`,
      description: "",
      icon: { id: "ellipsis" },
      expand: "collapsed",
      own: "more",
    },
  );
}

/** Tells the lists of one context apart. */
function listKey(list: LiveTarget): string {
  switch (list.kind) {
    case "object":
      return `o${list.id}`;
    case "group":
      return `g${list.group}`;
    case "managed":
    case "cluster":
    case "more":
    case "note":
      return list.kind;
  }
}
