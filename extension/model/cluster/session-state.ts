/** How a connection to a context is going. Pure. */

export type SessionState =
  | { readonly kind: "connecting"; readonly step: string }
  | {
      readonly kind: "connected";
      /** Of the API server. */
      readonly version: string;
      /** How many kinds of interest it serves; 0 means that Flux is not installed. */
      readonly kinds: number;
      /** Whether some kind was not read completely yet. */
      readonly loading: boolean;
      /** `group/Kind` of what the user may not read anywhere. */
      readonly restricted: readonly string[];
      /** Why what is shown may be old: a watch is broken at the moment. */
      readonly interrupted?: string;
    }
  | {
      readonly kind: "failed";
      readonly problem: string;
      readonly message: string;
      /** What a plugin or the network said. */
      readonly detail: string;
    };
