/** What the page of a rule says beside its summary: cause, consequence, what to do, and where it keeps silent. */

export const ruleNotes: Readonly<Record<string, string>> = {
  "yaml/syntax":
    "Only documents that look like manifests are judged, and never templates of Helm, Jinja and the like. A document whose aliases expand beyond 100,000 nodes, or that is nested beyond 1,000 levels, is not read.",
  "k8s/schema":
    "Schemas come from CustomResourceDefinitions in the workspace, then from what is bundled: Flux 2.6 to 2.9, Kubernetes, Gateway API, Flagger, kustomize. Values with `${…}`, `<< >>` or `ENC[…]` fit every type. In patches nothing is required, and neither where a patch of the build may fill in what is missing.",
  "k8s/cel":
    "The rules are evaluated after defaulting, as the API server does it, and only when the structure is right. Rules over values that are not known yet, and rules that compare with the old object, are left out.",
  "flux/var-undefined":
    "Since Flux 2.9 (kustomize-controller 1.9) an undefined variable fails the whole build; before, it becomes empty. It is an error where the repository installs that Flux, the setting says so, or the simulation had it; else a warning. Variables of ConfigMaps and Secrets that are written in the repository count. Where something else may set the variable (an object of the cluster, a patch of a parent) only the simulation decides.",
  "flux/var-syntax":
    "Flux reads `${…}` in every text of an object, also in scripts. What its dialect does not know fails the build. Escape it as `$${…}`, or annotate the object with `kustomize.toolkit.fluxcd.io/substitute: disabled`.",
  "flux/var-type":
    'kustomize writes the object anew before variables are substituted, and drops quotes that are not needed: `"${FLAG}"` becomes `true`, a boolean. Define `quote: \'"\'` and write `${quote}${FLAG}${quote}`.',
  "flux/api-removed":
    "Flux 2.7 removed every v1beta1 and v2beta1, 2.8 v1beta2 and v2beta2 of sources, Kustomizations and HelmReleases, 2.9 v1beta2 of notifications and images. The version is that of the settings, or what the repository installs; when neither says it, this is a warning.",
  "flux/api-deprecated": "The version still works in this Flux and is gone in a later one.",
  "k8s/api-version":
    "Versions that Kubernetes no longer serves, or has announced to remove. Which version the cluster has is the setting `sluice.kubeVersion`.",
  "flux/ref-not-found":
    "Objects are looked for in the whole repository and in what the simulation renders. It keeps silent where the object may come from elsewhere: names with variables, ResourceSets, Kustomizations of other repositories, controllers that make Secrets. Secrets and ConfigMaps are only noted.",
  "flux/ref-namespace":
    "Namespaces that transformers and `targetNamespace` give are taken into account. Some fields take no namespace at all.",
  "flux/ref-cross-namespace-denied":
    "It looks for `--no-cross-namespace-refs` in patches of the controllers and for `multitenant: true` of a FluxInstance.",
  "flux/depends-on-cycle":
    "Objects of a circle wait for each other for ever. The whole way is in the message.",
  "flux/depends-on-kind": "A dependency of another kind is never found.",
  "flux/path-not-found":
    "Only where the source is this repository, which is known from the paths of other Kustomizations of the same source, or from the simulation.",
  "kustomize/resource-missing":
    "A missing entry fails the build of everything in this kustomization.yaml.",
  "kustomize/file-unlisted":
    "Only manifests count, and only where a Flux Kustomization reaches the kustomization.yaml.",
  "flux/secret-plaintext":
    "It is an error where Secrets are meant to be encrypted: `.sops.yaml` has a rule for the path, or a Kustomization with `decryption` applies it. Variables and addresses in a store of secrets (`op://…`) are no secrets.",
  "helm/values-schema": "Found when the simulation renders the chart with its values.",
  "helm/values-unknown-key":
    "Found when the simulation reads the chart: a misspelled value has no effect.",
  "flux/duplicate-object":
    "Twice in one build fails it. Two Kustomizations that apply one object overwrite each other, and the object is deleted when either stops applying it.",
  "flux/prune-risk":
    "Compares with the revision that `sluice.base` names. Renaming a Kustomization or moving files to another one deletes and creates objects.",
  "k8s/yaml11":
    "kustomize, and so Flux, reads `on`, `yes` and `y` as texts. kubectl and other readers of YAML 1.1 make booleans of them.",
  "helm/chart-xor": "The API server refuses both and neither.",
  "helm/values-from-missing":
    "`optional: true` covers a missing ConfigMap or Secret, but not a missing key.",
  "flux/semver": "The grammar is that of Masterminds/semver, which the controllers use.",
  "flux/duration":
    "Go's durations end at hours: a day is `24h`. An interval below 30 seconds, and a timeout longer than the interval, are warnings.",
  "flux/cel-expr":
    "A name that does not exist never becomes true, and the object waits until its timeout.",
  "flux/image-marker": "Image automation ignores a marker that it can't read, without a word.",
  "flux/image-marker-unused": "Only where an ImageUpdateAutomation is in the repository.",
  "flux/source-kind": "Each field takes certain kinds of sources.",
  "flux/git-ref":
    "The order is commit, name, semver, tag, branch. A branch beside a commit is fine.",
  "flux/regex": "Go's regular expressions (RE2) have no look-around and no references back.",
  "flux/cron": "Five fields, or `@daily` and its like.",
  "kustomize/patch-no-target":
    "An inline patch without its object fails the build; a target that matches nothing does nothing. It keeps silent where the build contains what is not here.",
  "kustomize/deprecated-field": "`kustomize edit fix` rewrites all of them.",
  "kustomize/two-kinds":
    "`kustomize.config.k8s.io` is kustomize's own list of files, `kustomize.toolkit.fluxcd.io` is what Flux reconciles.",
  "kustomize/remote-base":
    "A Flux source is cached, can be verified, and says in its status when it fails.",
  "flux/notification": "What each type of Provider needs is that of notification-controller.",
  "flux/receiver": "Each type but `generic-oidc` needs a token.",
  "flux/wait-healthchecks": "`wait: true` checks everything that is applied.",
  "flux/namespace-missing":
    "Kustomizations do not put objects into a default namespace. Whether a Namespace exists is only known after a simulation.",
  "flux/crd-before-cr":
    "Within one Kustomization Flux applies definitions first; between two only `dependsOn` helps.",
  "flux/service-account":
    "With multi-tenancy lockdown the controllers act as `default`, which may do nothing.",
  "flux/suspended": "`suspend: true` in the repository is easily forgotten.",
  "flux/secret-keys":
    "The keys that each kind of source asks for. Encrypted Secrets count: their keys can be read.",
  "k8s/metadata":
    "Names, labels and annotations as the API server takes them. Names that a transformer or patch changes are left out.",
  "k8s/list-map": "The API server treats some lists as maps by the fields that it names as keys.",
  "flux/modeline-redundant":
    "Sluice knows the schema of this kind, also offline and for each version of Flux.",
  "flux/substitute-strategy": "Without any variable nothing is substituted, not even defaults.",
  "flux/flux-version": "The field exists in another minor of Flux than the selected one.",
};
