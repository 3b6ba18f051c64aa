package resourceset

import (
	"fmt"
	"hash/adler32"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"sluice.dev/engine/api"
)

const (
	kindSet      = "ResourceSet"
	kindProvider = "ResourceSetInputProvider"
	apiVersion   = group + "/v1"
)

// inputSet is what `inputs` is in one filling of the templates.
type inputSet = map[string]any

// source is an object that gives inputs.
type source struct {
	kind, namespace, name string
	sets                  []inputSet
}

// inputs collects the input sets by the strategy.
func (b *builder) inputs(providers []map[string]any) ([]inputSet, *problem) {
	var sources []source
	if len(b.set.inputs) > 0 {
		sources = append(sources, b.ownInputs())
	}
	selected, failure := b.selectProviders(providers)
	if failure != nil {
		return nil, failure
	}
	for _, provider := range selected {
		given, failure := b.exported(provider)
		if failure != nil {
			return nil, failure
		}
		sources = append(sources, given)
	}
	var sets []inputSet
	var err error
	switch b.set.strategy {
	case "", "Flatten":
		for _, given := range sources {
			sets = append(sets, given.sets...)
		}
		if len(sets) > maxInputs {
			err = fmt.Errorf("%d input sets are more than the limit of %d", len(sets), maxInputs)
		}
	case "Permute":
		sets, err = b.permute(sources)
	default:
		err = fmt.Errorf("input strategy %q is not known: Flatten and Permute are", b.set.strategy)
	}
	if err != nil {
		return nil, &problem{stage: api.StageInputs, err: err}
	}
	return sets, nil
}

// ownInputs are those that stand in the ResourceSet. The documentation promises each an id; the operator adds none.
func (b *builder) ownInputs() source {
	own := source{kind: kindSet, namespace: b.set.namespace, name: b.set.name}
	for _, given := range b.set.inputs {
		set := maps.Clone(given)
		if set == nil {
			set = inputSet{}
		}
		own.sets = append(own.sets, set)
	}
	own.describe()
	return own
}

// standIn makes an id in place of the operator's, which hangs on things that only the cluster knows.
// No two are equal, although short checksums of similar texts may be.
func (b *builder) standIn(text string) string {
	id := checksum(text)
	for n := 1; b.standIns[id]; n++ {
		id = checksum(fmt.Sprintf("%s#%d", text, n))
	}
	b.standIns[id] = true
	return id
}

func checksum(text string) string {
	return strconv.FormatUint(uint64(adler32.Checksum([]byte(text))), 10)
}

func (s *source) describe() {
	for _, set := range s.sets {
		set["provider"] = map[string]any{
			"apiVersion": apiVersion, "kind": s.kind, "name": s.name, "namespace": s.namespace,
		}
	}
}

// selectProviders finds the providers that `inputsFrom` names, each once, those of a selector by name.
func (b *builder) selectProviders(all []map[string]any) ([]map[string]any, *problem) {
	byName := map[string]map[string]any{}
	for _, provider := range all {
		if metadata(provider, "namespace") == b.set.namespace {
			byName[metadata(provider, "name")] = provider
		}
	}
	var chosen []map[string]any
	taken := map[string]bool{}
	take := func(name string) {
		if !taken[name] {
			taken[name] = true
			chosen = append(chosen, byName[name])
		}
	}
	for i, from := range b.set.inputsFrom {
		switch {
		case (from.Name == "") == (from.Selector == nil):
			return nil, &problem{stage: api.StageInputs, err: fmt.Errorf("spec.inputsFrom[%d]: exactly one of name and selector must be set", i)}
		case from.Name != "":
			if byName[from.Name] == nil {
				key := strings.Join([]string{kindProvider, b.set.namespace, from.Name}, "/")
				return nil, &problem{stage: api.StageInputs, object: key, err: fmt.Errorf("%s not found", key)}
			}
			take(from.Name)
		default:
			for _, name := range slices.Sorted(maps.Keys(byName)) {
				matches, err := from.Selector.matches(labelsOf(byName[name]))
				if err != nil {
					return nil, &problem{stage: api.StageInputs, err: fmt.Errorf("spec.inputsFrom[%d].selector: %w", i, err)}
				}
				if matches {
					take(name)
				}
			}
		}
	}
	return chosen, nil
}

// exported gives what a provider exports: its default values when it is static, else what its status says.
func (b *builder) exported(provider map[string]any) (source, *problem) {
	given := source{kind: kindProvider, namespace: b.set.namespace, name: metadata(provider, "name")}
	key := strings.Join([]string{given.kind, given.namespace, given.name}, "/")
	spec, _ := provider["spec"].(map[string]any)
	status, _ := provider["status"].(map[string]any)
	listed, known := status["exportedInputs"].([]any)
	kind, _ := spec["type"].(string)
	switch {
	case kind == "Static":
		defaults, _ := spec["defaultValues"].(map[string]any)
		set := maps.Clone(defaults)
		if set == nil {
			set = inputSet{}
		}
		set["id"] = b.staticID(provider, listed)
		given.sets = []inputSet{set}
	case known:
		for _, item := range listed {
			if set, ok := item.(map[string]any); ok {
				given.sets = append(given.sets, maps.Clone(set))
			}
		}
	case status != nil:
		// A provider that was reconciled and found nothing has no field.
	default:
		return given, &problem{stage: api.StageInputs, object: key, err: unknownInputs(key, kind)}
	}
	given.describe()
	return given, nil
}

func unknownInputs(key, kind string) error {
	return fmt.Errorf("the inputs of %s (type %s) are known to the cluster only, in its status.exportedInputs", key, kind)
}

// staticID is the Adler-32 checksum of the provider's UID, where that is known.
func (b *builder) staticID(provider map[string]any, listed []any) string {
	if uid := metadata(provider, "uid"); uid != "" {
		return checksum(uid)
	}
	if len(listed) > 0 {
		first, _ := listed[0].(map[string]any)
		if id, ok := first["id"].(string); ok {
			return id
		}
	}
	return b.standIn(metadata(provider, "namespace") + "/" + metadata(provider, "name"))
}

// permute makes every combination of one input set of each source, each under the source's normalised name.
func (b *builder) permute(sources []source) ([]inputSet, error) {
	var factors []source
	var keys []string
	count := 1
	for _, given := range sources {
		if len(given.sets) == 0 {
			if b.set.keepEmpty {
				return nil, nil
			}
			continue
		}
		key := normalise(given.name)
		if slices.Contains(keys, key) {
			return nil, fmt.Errorf("two providers of inputs have the normalised name %q, so they cannot be permuted", key)
		}
		factors, keys = append(factors, given), append(keys, key)
		if count *= len(given.sets); count > maxInputs {
			return nil, fmt.Errorf("the permutations of the inputs are more than the limit of %d", maxInputs)
		}
	}
	if len(factors) == 0 {
		return nil, nil
	}
	sets := make([]inputSet, 0, count)
	taken := map[string]bool{}
	for n := range count {
		set, places, rest := inputSet{}, make([]string, len(factors)), n
		for i := len(factors) - 1; i >= 0; i-- {
			at := rest % len(factors[i].sets)
			rest /= len(factors[i].sets)
			set[keys[i]] = factors[i].sets[at]
			places[i] = fmt.Sprintf("%s=%d", keys[i], at)
		}
		// As seen in what the operator applies: which input set it is of each source. So short a checksum may come twice.
		id := checksum(strings.Join(places, "/"))
		if taken[id] {
			b.warn(api.WarnUpstream, "several permutations have the same inputs.id, so it makes no names that differ", b.key())
		}
		taken[id] = true
		set["id"] = id
		sets = append(sets, set)
	}
	return sets, nil
}

// normalise follows the four documented steps for names of providers.
func normalise(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsPunct(r)
	})
	for i, word := range words {
		words[i] = strings.Map(func(r rune) rune {
			if (r >= 'a' && r <= 'z') || (r >= '0' && r <= '9') {
				return r
			}
			return -1
		}, word)
	}
	words = slices.DeleteFunc(words, func(word string) bool { return word == "" })
	return strings.Join(words, "_")
}

func metadata(object map[string]any, field string) string {
	meta, _ := object["metadata"].(map[string]any)
	value, _ := meta[field].(string)
	return value
}

func labelsOf(object map[string]any) map[string]string {
	meta, _ := object["metadata"].(map[string]any)
	given, _ := meta["labels"].(map[string]any)
	labels := map[string]string{}
	for key, value := range given {
		if text, ok := value.(string); ok {
			labels[key] = text
		}
	}
	return labels
}
