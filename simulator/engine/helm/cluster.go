package helm

import (
	"context"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"sluice.dev/engine/api"
)

// cluster answers for what the host knows of the cluster: ConfigMaps, Secrets, and what templates look up.
type cluster struct {
	owner   *renderer
	known   map[string]api.DataObject
	assumed map[string]bool
	lookups map[string]api.LookupAnswer
	missing map[string]api.Need
}

func newCluster(owner *renderer) *cluster {
	c := &cluster{
		owner:   owner,
		known:   map[string]api.DataObject{},
		assumed: map[string]bool{},
		lookups: map[string]api.LookupAnswer{},
		missing: map[string]api.Need{},
	}
	for _, object := range owner.request.Objects {
		c.known[objectKey(object.Kind, object.Namespace, object.Name)] = object
		if object.Kind == "Secret" {
			owner.learn(object.Data)
		}
	}
	for _, key := range owner.request.Assumed {
		c.assumed[key] = true
	}
	for _, answer := range owner.request.Lookups {
		c.lookups[answer.Key] = answer
	}
	return c
}

func objectKey(kind, namespace, name string) string { return kind + "/" + namespace + "/" + name }

func (c *cluster) list() []api.Need { return sortedNeeds(c.missing) }

// Get implements client.Client for the composition of values.
func (c *cluster) Get(_ context.Context, key client.ObjectKey, into client.Object, _ ...client.GetOption) error {
	switch object := into.(type) {
	case *corev1.ConfigMap:
		data, err := c.data("ConfigMap", key.Namespace, key.Name)
		object.Data = data
		return err
	case *corev1.Secret:
		data, err := c.data("Secret", key.Namespace, key.Name)
		object.Data = make(map[string][]byte, len(data))
		for name, value := range data {
			object.Data[name] = []byte(value)
		}
		return err
	}
	return fmt.Errorf("unexpected kind %T", into)
}

func (c *cluster) data(kind, namespace, name string) (map[string]string, error) {
	key := objectKey(kind, namespace, name)
	if object, ok := c.known[key]; ok {
		return object.Data, nil
	}
	c.missing[key] = api.Need{Kind: kind, Key: key}
	return nil, apierrors.NewNotFound(schema.GroupResource{Resource: strings.ToLower(kind) + "s"}, name)
}

// lookup is the template function; it follows `pkg/engine/lookup_func.go`.
func (c *cluster) lookup(apiVersion, kind, namespace, name string) (map[string]any, error) {
	key := fmt.Sprintf("lookup:%s/%s/%s/%s", apiVersion, kind, namespace, name)
	answer, ok := c.lookups[key]
	switch {
	case !ok:
		c.missing[key] = api.Need{
			Kind: api.NeedLookup, Key: key, APIVersion: apiVersion, ObjectKind: kind, Namespace: namespace, Name: name,
		}
		c.owner.warn(api.WarningLookupUnanswered, fmt.Sprintf(
			"a template looks up %s in the cluster, which is not known here; it is told that there is nothing", describeLookup(kind, namespace, name)))
		return map[string]any{}, nil
	case answer.UnknownKind, answer.IsComplete && !c.owner.versions.Has(apiVersion):
		gvk := schema.FromAPIVersionAndKind(apiVersion, kind)
		return nil, fmt.Errorf("unable to get apiresource from unstructured: %s: the server could not find the requested resource", gvk)
	case answer.Found == nil:
		return map[string]any{}, nil
	}
	var found map[string]any
	if err := utiljson.Unmarshal([]byte(*answer.Found), &found); err != nil {
		return nil, fmt.Errorf("the answer to %s is not valid: %w", key, err)
	}
	c.hideLookup(found)
	return found, nil
}

func describeLookup(kind, namespace, name string) string {
	if name == "" {
		name = "any " + kind
	} else {
		name = kind + " " + name
	}
	if namespace == "" {
		return name
	}
	return name + " in namespace " + namespace
}

// hideLookup learns the values of Secrets, and in a shadow run puts stand-ins in their place.
func (c *cluster) hideLookup(found map[string]any) {
	items, isList := found["items"].([]any)
	if !isList {
		items = []any{found}
	}
	for _, item := range items {
		object, _ := item.(map[string]any)
		if object["kind"] != "Secret" && !(isList && found["kind"] == "SecretList") {
			continue
		}
		data, _ := object["data"].(map[string]any)
		for key, value := range data {
			text, _ := value.(string)
			c.owner.learn(map[string]string{key: text})
			if c.owner.shadow != nil {
				data[key] = c.owner.shadow.encoded(text)
			}
		}
	}
}

// learn notes secret values: whole ones, and the leaves of those that are YAML.
func (r *renderer) learn(data map[string]string) {
	for _, value := range data {
		r.secrets.Learn(value)
		for _, leaf := range leavesOf(value) {
			r.secrets.Learn(leaf)
		}
	}
}
