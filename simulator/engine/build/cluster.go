package build

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/kustomize/api/resource"

	"sluice.dev/engine/api"
	"sluice.dev/engine/masking"
)

// variablePattern is the rule for names of variables (`fluxcd/pkg kustomize/kustomize_varsub.go`).
const variablePattern = "^[_[:alpha:]][_[:alpha:][:digit:]]*$"

// placeholderPrefix begins the visible text that stands for a value nobody knows.
const placeholderPrefix = "SLUICE_UNKNOWN_"

var (
	validVariable = regexp.MustCompile(variablePattern)
	unsetPattern  = regexp.MustCompile(`variable not set \(strict mode\): "([^"]*)"`)
)

// cluster answers for the ConfigMaps and Secrets that the host knows.
type cluster struct {
	known   map[string]api.DataObject
	assumed map[string]bool
	// assumesAny is set when `substituteFrom` names an object whose content is unknown.
	assumesAny   bool
	assumedNames []string
	placeholders map[string]string
	missing      map[string]string
	masking      bool
}

func newCluster(request *api.KustomizeRequest) *cluster {
	c := &cluster{
		known:        map[string]api.DataObject{},
		assumed:      map[string]bool{},
		placeholders: map[string]string{},
		missing:      map[string]string{},
	}
	for _, object := range request.Objects {
		c.known[objectKey(object.Kind, object.Namespace, object.Name)] = object
	}
	for _, key := range request.Assumed {
		c.assumed[key] = true
	}
	return c
}

func objectKey(kind, namespace, name string) string { return kind + "/" + namespace + "/" + name }

// expect finds out whether variables may come from an object that is only assumed to exist.
func (c *cluster) expect(namespace string, post *postBuild) {
	if post == nil {
		return
	}
	for _, from := range post.SubstituteFrom {
		key := objectKey(from.Kind, namespace, from.Name)
		if _, known := c.known[key]; !known && c.assumed[key] {
			c.assumesAny = true
			c.assumedNames = append(c.assumedNames, key)
		}
	}
}

// addPlaceholder gives an unknown variable a value. It is false when the variable has one already.
func (c *cluster) addPlaceholder(name string) bool {
	if _, ok := c.placeholders[name]; ok {
		return false
	}
	c.placeholders[name] = placeholderPrefix + name
	return true
}

// Get implements client.Client for the generator.
func (c *cluster) Get(_ context.Context, key client.ObjectKey, into client.Object, _ ...client.GetOption) error {
	switch object := into.(type) {
	case *corev1.ConfigMap:
		data, _, err := c.data("ConfigMap", key.Namespace, key.Name)
		object.Data = data
		return err
	case *corev1.Secret:
		data, known, err := c.data("Secret", key.Namespace, key.Name)
		object.Data = make(map[string][]byte, len(data))
		for name, value := range data {
			if known && c.masking {
				value = masking.Digest(value)
			}
			object.Data[name] = []byte(value)
		}
		return err
	}
	return fmt.Errorf("unexpected kind %T", into)
}

// data gives the values of an object; those of an assumed one are the placeholders needed so far.
func (c *cluster) data(kind, namespace, name string) (data map[string]string, known bool, err error) {
	key := objectKey(kind, namespace, name)
	if object, ok := c.known[key]; ok {
		return object.Data, true, nil
	}
	if c.assumed[key] {
		return c.placeholders, false, nil
	}
	c.missing[key] = kind
	return nil, false, apierrors.NewNotFound(schema.GroupResource{Resource: strings.ToLower(kind) + "s"}, name)
}

func unsetVariable(err error) (string, bool) {
	if err == nil {
		return "", false
	}
	found := unsetPattern.FindStringSubmatch(err.Error())
	if found == nil || !validVariable.MatchString(found[1]) {
		return "", false
	}
	return found[1], true
}

func firstInvalid(variables map[string]string) (string, bool) {
	names := make([]string, 0, len(variables))
	for name := range variables {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if !validVariable.MatchString(name) {
			return name, true
		}
	}
	return "", false
}

func (b *builder) warnPlaceholder(name string, res *resource.Resource) {
	b.warnings = append(b.warnings, api.Warning{
		Code: "placeholder-variable",
		Message: fmt.Sprintf("variable %q may come from %s, whose content is not known here; %s%s stands for its value",
			name, strings.Join(b.cluster.assumedNames, " or "), placeholderPrefix, name),
		Object: objectKey(res.GetKind(), res.GetNamespace(), res.GetName()),
	})
}
