package resourceset

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	yamlutil "k8s.io/apimachinery/pkg/util/yaml"

	"sluice.dev/engine/api"
	"sluice.dev/engine/native"
)

const disabled = "disabled"

// identity is by which objects are one: their version does not count.
type identity struct{ group, kind, namespace, name string }

// collection gathers the objects of all steps in the order of the templates.
type collection struct {
	objects []stepped
	owner   map[identity]string
}

type stepped struct {
	object map[string]any
	step   string
}

func newCollection() *collection { return &collection{owner: map[identity]string{}} }

// add keeps the first of equal objects of a step. The same object in two steps is an error.
func (c *collection) add(step string, objects []map[string]any) error {
	for _, object := range objects {
		id := identify(object)
		owner, known := c.owner[id]
		switch {
		case known && owner != step:
			return fmt.Errorf("%s is in step %q already; an object can be in one step only", formatObject(object), owner)
		case known:
			continue
		case len(c.objects) == maxObjects:
			return overLimit("the templates give more than %d objects", maxObjects)
		}
		c.owner[id] = step
		c.objects = append(c.objects, stepped{object, step})
	}
	return nil
}

func identify(object map[string]any) identity {
	group, _, _ := strings.Cut(text(object["apiVersion"]), "/")
	if !strings.Contains(text(object["apiVersion"]), "/") {
		group = ""
	}
	return identity{group, text(object["kind"]), metadata(object, "namespace"), metadata(object, "name")}
}

func formatObject(object map[string]any) string {
	return strings.Join([]string{text(object["kind"]), metadata(object, "namespace"), metadata(object, "name")}, "/")
}

// parseObjects reads what a template gave. Objects that are switched off are left out before equal ones are looked for.
func (b *builder) parseObjects(rendered string, whole bool) ([]map[string]any, error) {
	decoder := yamlutil.NewYAMLOrJSONDecoder(strings.NewReader(rendered), 4096)
	var objects []map[string]any
	for {
		var raw json.RawMessage
		if err := decoder.Decode(&raw); err == io.EOF {
			return objects, nil
		} else if err != nil {
			return nil, fmt.Errorf("the rendered text is not valid YAML: %w", err)
		}
		if len(raw) == 0 || string(raw) == "null" {
			continue
		}
		found, err := b.readDocument(raw, whole)
		if err != nil {
			return nil, err
		}
		objects = append(objects, found...)
	}
}

func (b *builder) readDocument(raw json.RawMessage, whole bool) ([]map[string]any, error) {
	var object map[string]any
	if err := utiljson.Unmarshal(raw, &object); err != nil {
		return nil, fmt.Errorf("the rendered text is not a Kubernetes object: %w", err)
	}
	if items, isList := object["items"].([]any); isList && strings.HasSuffix(text(object["kind"]), "List") {
		return b.readItems(items, whole)
	}
	name := formatObject(object)
	switch {
	case text(object["apiVersion"]) == "", text(object["kind"]) == "":
		return nil, fmt.Errorf("a rendered object has no apiVersion or no kind: %s", shortened(raw))
	case metadata(object, "name") == "":
		if !whole {
			return nil, fmt.Errorf("the rendered %s has no metadata.name", text(object["kind"]))
		}
		b.warn(api.WarnUpstream, fmt.Sprintf("a %s without metadata.name is left out", text(object["kind"])), b.key())
		return nil, nil
	}
	if err := b.checkMetadata(object); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if annotationsOf(object)[group+"/reconcile"] == disabled {
		return nil, nil
	}
	return []map[string]any{object}, nil
}

func (b *builder) readItems(items []any, whole bool) ([]map[string]any, error) {
	var objects []map[string]any
	for _, item := range items {
		raw, err := json.Marshal(item)
		if err != nil {
			return nil, err
		}
		found, err := b.readDocument(raw, whole)
		if err != nil {
			return nil, err
		}
		objects = append(objects, found...)
	}
	return objects, nil
}

func shortened(raw json.RawMessage) string {
	const longest = 120
	if len(raw) <= longest {
		return string(raw)
	}
	return strings.ToValidUTF8(string(raw[:longest]), "") + "…"
}

// checkMetadata finds labels and annotations that are no text, the usual slip with numbers and booleans in templates. Where the
// operator adds its own it puts them in place of such a map; where it adds none the API server refuses the object.
func (b *builder) checkMetadata(object map[string]any) error {
	meta, _ := object["metadata"].(map[string]any)
	for _, field := range []string{"labels", "annotations"} {
		values, isMap := meta[field].(map[string]any)
		if !isMap && meta[field] != nil {
			return fmt.Errorf("metadata.%s must be a map", field)
		}
		for _, key := range sortedKeys(values) {
			if _, isText := values[key].(string); isText || values[key] == nil {
				continue
			}
			if field == "annotations" && len(b.set.annotations) == 0 {
				return fmt.Errorf("metadata.%s: the value of %q must be text, not %v; the function quote makes it one", field, key, values[key])
			}
			b.warn(api.WarnUpstream, fmt.Sprintf("metadata.%s is lost, because the value of %q is not text but %v; the function quote makes it one", field, key, values[key]), formatObject(object))
			delete(meta, field)
			break
		}
	}
	return nil
}

// finish completes the collected objects: what is read from others, common metadata, the owner's labels.
func (b *builder) finish() ([]api.SteppedObject, *problem) {
	for _, one := range b.collected.objects {
		// Common labels come last, so that they can even take an object away from its owner.
		addMetadata(one.object, "labels", map[string]string{
			ownerGroup + "/name": b.set.name, ownerGroup + "/namespace": b.set.namespace,
		})
		addMetadata(one.object, "labels", b.set.labels)
		addMetadata(one.object, "annotations", b.set.annotations)
		if err := b.fill(one.object); err != nil {
			return nil, &problem{stage: api.StageBuild, err: err, object: formatObject(one.object)}
		}
	}
	out := make([]api.SteppedObject, 0, len(b.collected.objects))
	size := 0
	for _, one := range b.collected.objects {
		if err := b.resolveChecksums(one.object); err != nil {
			return nil, &problem{stage: api.StageBuild, err: fmt.Errorf("%s: %w", checksumFrom, err), object: formatObject(one.object)}
		}
		described, err := b.describe(one)
		if err != nil {
			return nil, &problem{stage: api.StageBuild, err: err, object: formatObject(one.object)}
		}
		if size += len(described.JSON); size > maxOutput {
			return nil, &problem{stage: api.StageEngine, cause: api.CauseLimit, err: fmt.Errorf("the objects are more than %d MiB", maxOutput>>20)}
		}
		out = append(out, described)
	}
	return out, nil
}

func addMetadata(object map[string]any, field string, added map[string]string) {
	if len(added) == 0 {
		return
	}
	meta, _ := object["metadata"].(map[string]any)
	values, ok := meta[field].(map[string]any)
	if !ok {
		values = map[string]any{}
		meta[field] = values
	}
	for key, value := range added {
		values[key] = value
	}
}

func (b *builder) describe(one stepped) (api.SteppedObject, error) {
	object := maps.Clone(one.object)
	// The status belongs to other controllers; an apply never sends it.
	delete(object, "status")
	if b.masking {
		maskSecret(object)
	}
	canonical, err := canonicalJSON(object)
	if err != nil {
		return api.SteppedObject{}, err
	}
	version, _ := schema.ParseGroupVersion(text(object["apiVersion"]))
	entry := api.Object{
		APIVersion: text(object["apiVersion"]), Kind: text(object["kind"]),
		Namespace: metadata(object, "namespace"), Name: metadata(object, "name"), JSON: canonical,
		KeepOnPrune: strings.EqualFold(annotationsOf(object)[group+"/prune"], disabled) ||
			strings.EqualFold(labelsOf(object)[group+"/prune"], disabled),
	}
	if namespaced, known := native.Scope(version.Group, version.Version, entry.Kind); known {
		entry.Scope = "Cluster"
		if namespaced {
			entry.Scope = "Namespaced"
		}
	}
	return api.SteppedObject{Object: entry, Step: one.step}, nil
}

func canonicalJSON(value any) (string, error) {
	var written strings.Builder
	encoder := json.NewEncoder(&written)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return strings.TrimSuffix(written.String(), "\n"), err
}

func annotationsOf(object map[string]any) map[string]string {
	meta, _ := object["metadata"].(map[string]any)
	given, _ := meta["annotations"].(map[string]any)
	annotations := map[string]string{}
	for key, value := range given {
		annotations[key] = text(value)
	}
	return annotations
}

func text(value any) string {
	result, _ := value.(string)
	return result
}
