// Where flux-operator installs Flux, it lets notifications name its own kinds too: it adds them to the CRDs of
// notification-controller. Who uses it would otherwise be told that what works is wrong.

const operatorKinds = ["FluxInstance", "ResourceSet", "ResourceSetInputProvider"];

/** Changes the lists of kinds in Alerts and Receivers. */
export function addOperatorKinds(crds) {
  const lists = crds.flatMap(({ spec }) =>
    spec.versions.flatMap(({ schema }) => {
      const fields = schema.openAPIV3Schema.properties?.spec?.properties;
      return [fields?.eventSources, fields?.resources];
    }),
  );
  for (const list of lists) {
    const kind = list?.items?.properties?.kind;
    if (kind?.enum?.includes("GitRepository")) {
      kind.enum = [...kind.enum, ...operatorKinds];
    }
  }
  return crds;
}
