// Scope of each kind, from the signatures of client-go's typed clients: those of a namespaced kind
// are made for a namespace (`Pods(namespace string)`), the others take no argument (`Nodes()`).
package main

import (
	"reflect"

	"k8s.io/client-go/kubernetes"
)

// clientScopes maps the Go type of each kind that has a client to N or C.
func clientScopes() map[reflect.Type]string {
	scopes := map[reflect.Type]string{}
	all := reflect.TypeFor[kubernetes.Interface]()
	for i := range all.NumMethod() {
		group := all.Method(i).Type
		if group.NumOut() != 1 || group.Out(0).Kind() != reflect.Interface {
			continue
		}
		addGroup(scopes, group.Out(0))
	}
	return scopes
}

func addGroup(scopes map[reflect.Type]string, group reflect.Type) {
	for i := range group.NumMethod() {
		method := group.Method(i).Type
		if method.NumOut() != 1 || method.Out(0).Kind() != reflect.Interface {
			continue
		}
		scope := "C"
		if method.NumIn() == 1 && method.In(0).Kind() == reflect.String {
			scope = "N"
		}
		for _, verb := range []string{"Get", "Create"} {
			call, ok := method.Out(0).MethodByName(verb)
			if ok && call.Type.NumOut() == 2 && call.Type.Out(0).Kind() == reflect.Pointer {
				scopes[call.Type.Out(0).Elem()] = scope
				break
			}
		}
	}
}
