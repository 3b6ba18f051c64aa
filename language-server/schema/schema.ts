/**
 * A structural schema as the API server knows it: the OpenAPI v3 subset of CustomResourceDefinitions, with the extensions
 * spelled without their prefix. References are resolved, so a schema is a graph that can contain itself.
 */

export type SchemaType = "object" | "array" | "string" | "integer" | "number" | "boolean";

export interface Schema {
  /** Absent: anything (`x-kubernetes-preserve-unknown-fields`), or `intOrString`. */
  readonly type?: SchemaType;
  readonly description?: string;
  readonly format?: string;
  readonly nullable?: boolean;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];

  readonly properties?: Readonly<Record<string, Schema>>;
  /** The schema of every value whose key is not among `properties`. */
  readonly additional?: Schema;
  readonly required?: readonly string[];
  readonly minProperties?: number;
  readonly maxProperties?: number;

  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly listType?: "atomic" | "set" | "map";
  readonly listMapKeys?: readonly string[];
  readonly mapType?: "atomic" | "granular";
  /** Which field of the elements a strategic merge patch goes by. */
  readonly patchMergeKey?: string;

  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
  readonly multipleOf?: number;

  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly not?: Schema;

  readonly intOrString?: boolean;
  /** Fields that the schema does not name are kept, so they are no mistake. */
  readonly preserveUnknown?: boolean;
  /** The value is a whole object with apiVersion, kind and metadata. */
  readonly embedded?: boolean;
  readonly rules?: readonly CelRule[];
}

/** One entry of `x-kubernetes-validations`. */
export interface CelRule {
  readonly rule: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly reason?: string;
  readonly fieldPath?: string;
  readonly optionalOldSelf?: boolean;
}
