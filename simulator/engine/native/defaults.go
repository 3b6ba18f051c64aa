package native

// The few defaults that fluxcd/pkg ssa/normalize sets before it sends an object, each for a bug of
// server-side apply.

import "encoding/base64"

// podTemplates says where the pod specification of a kind is.
var podTemplates = map[groupVersionKind][]string{
	{"", "v1", "Pod"}:             {"spec"},
	{"apps", "v1", "Deployment"}:  {"spec", "template", "spec"},
	{"apps", "v1", "StatefulSet"}: {"spec", "template", "spec"},
	{"apps", "v1", "DaemonSet"}:   {"spec", "template", "spec"},
	{"apps", "v1", "ReplicaSet"}:  {"spec", "template", "spec"},
	{"batch", "v1", "Job"}:        {"spec", "template", "spec"},
	{"batch", "v1", "CronJob"}:    {"spec", "jobTemplate", "spec", "template", "spec"},
}

// applyDefaults changes the object in place; it is our own copy by now.
func applyDefaults(object map[string]any, group, version, kind string) {
	key := groupVersionKind{group, version, kind}
	if path, ok := podTemplates[key]; ok {
		for _, container := range mapsIn(descend(object, path)["containers"]) {
			defaultProtocols(container["ports"])
		}
	}
	switch key {
	case groupVersionKind{"", "v1", "Service"}:
		defaultProtocols(descend(object, []string{"spec"})["ports"])
	case groupVersionKind{"", "v1", "Secret"}:
		encodeStringData(object)
	}
}

func defaultProtocols(ports any) {
	for _, port := range mapsIn(ports) {
		if text(port["protocol"]) == "" {
			port["protocol"] = "TCP"
		}
	}
}

// encodeStringData moves stringData to data: server-side apply would forget removed keys otherwise
// (kubernetes/kubernetes#108008).
func encodeStringData(secret map[string]any) {
	given, _ := secret["stringData"].(map[string]any)
	if len(given) == 0 {
		return
	}
	data, _ := secret["data"].(map[string]any)
	if data == nil {
		data = make(map[string]any, len(given))
	}
	for key, value := range given {
		data[key] = base64.StdEncoding.EncodeToString([]byte(text(value)))
	}
	secret["data"] = data
	delete(secret, "stringData")
}

func descend(object map[string]any, path []string) map[string]any {
	for _, name := range path {
		object, _ = object[name].(map[string]any)
	}
	return object
}

func mapsIn(list any) []map[string]any {
	items, _ := list.([]any)
	var found []map[string]any
	for _, item := range items {
		if entry, ok := item.(map[string]any); ok {
			found = append(found, entry)
		}
	}
	return found
}
