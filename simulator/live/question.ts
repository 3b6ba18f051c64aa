/**
 * What is asked of a cluster about one object, and what comes back. `ask/` turns questions into requests and answers, `plan/`
 * makes questions of a simulation and changes of the answers.
 */
import type { JsonObject } from "../manifest/json.ts";

export interface LiveQuestion {
  /** `<applier id>|<object id>`; the answer has the same. */
  readonly id: string;
  /** Exactly what the controller would send. */
  readonly object: JsonObject;
  /** The same as canonical JSON: equal text means that an earlier answer still counts. */
  readonly json: string;
  /** Field manager: `kustomize-controller`, `helm-controller`, `flux-operator`. */
  readonly manager: string;
  /**
   * `spec.force` or the annotation of the object: what can't be changed is deleted and created.
   */
  readonly recreates: boolean;
  /** `get`: only what is there, for objects that the controller would not apply over. */
  readonly ask: "dry-run" | "get";
  /** State of the applier on the cluster (`resourceVersion`): an answer from another state is asked for again. */
  readonly state: string;
}

export type LiveAnswer = { readonly id: string } & (
  | {
      /** Both without `managedFields`; `applied` is what the server would store (dry run), or the fields merged by us (structural). */
      readonly outcome: "compared";
      readonly known: "dry-run" | "structural";
      readonly live: JsonObject;
      readonly applied: JsonObject;
      /** Managers whose fields change hands. */
      readonly takenFrom: readonly string[];
    }
  /** Not there. `reason`: why it could not be tried, when it could not. */
  | { readonly outcome: "absent"; readonly known: "dry-run" | "structural" | "arrives" }
  /** The server will not change it in place. */
  | {
      readonly outcome: "immutable";
      readonly live: JsonObject;
      readonly message: string;
      readonly forced?: Forced;
    }
  /** The server would refuse it, in its words. */
  | {
      readonly outcome: "refused";
      readonly message: string;
      readonly live?: JsonObject;
      readonly forced?: Forced;
    }
  | {
      readonly outcome: "unanswered";
      readonly reason: "forbidden" | "unknown-kind" | "lost";
      readonly message: string;
    }
);

/**
 * What force makes of a refusal: the object is deleted, and then created anew, or lost because the server refuses the new one as well
 * (`ApplyAll` of `fluxcd/pkg ssa/manager_apply.go`). Absent where force changes nothing.
 */
export type Forced =
  { readonly outcome: "recreated" } | { readonly outcome: "lost"; readonly message: string };

/** What the plan itself brings, so that its objects are new and not refused. */
export interface Arrivals {
  /** `group/Kind` of CustomResourceDefinitions in the plan. */
  readonly kinds: ReadonlySet<string>;
  /** Namespaces in the plan. */
  readonly namespaces: ReadonlySet<string>;
}
