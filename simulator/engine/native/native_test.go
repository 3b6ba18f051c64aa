package native

// Facts recorded from the real kustomize-controller 1.9.5 and API server 1.36. The module in
// difftest compares all kinds with the real code; this one runs with the engine's own tests.

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	utiljson "k8s.io/apimachinery/pkg/util/json"
)

func read(t *testing.T, text string) map[string]any {
	t.Helper()
	var object map[string]any
	if err := utiljson.Unmarshal([]byte(text), &object); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return object
}

func TestNormalise(t *testing.T) {
	for name, test := range map[string]struct{ given, want string }{
		"a Namespace gets an empty specification": {
			`{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"n"}}`,
			`{"apiVersion":"v1","kind":"Namespace","metadata":{"creationTimestamp":null,"name":"n"},"spec":{}}`,
		},
		"Service ports": {
			`{"apiVersion":"v1","kind":"Service","spec":{"ports":[{"port":80},{"port":81,"protocol":"UDP","targetPort":"web"}]}}`,
			`{"apiVersion":"v1","kind":"Service","metadata":{"creationTimestamp":null},"spec":{"ports":[{"port":80,"protocol":"TCP","targetPort":0},{"port":81,"protocol":"UDP","targetPort":"web"}]}}`,
		},
		"Deployment": {
			`{"apiVersion":"apps/v1","kind":"Deployment","spec":{"template":{"spec":{"containers":[{"name":"a","ports":[{"containerPort":80}]}],"initContainers":[{"name":"b","ports":[{"containerPort":80}]}]}}},"status":{"replicas":1}}`,
			`{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"creationTimestamp":null},"spec":{"selector":null,"strategy":{},"template":{"metadata":{},"spec":{"containers":[{"name":"a","ports":[{"containerPort":80,"protocol":"TCP"}],"resources":{}}],"initContainers":[{"name":"b","ports":[{"containerPort":80}],"resources":{}}]}}}}`,
		},
		"ResourceClaimTemplate": {
			`{"apiVersion":"resource.k8s.io/v1","kind":"ResourceClaimTemplate","spec":{"spec":{}}}`,
			`{"apiVersion":"resource.k8s.io/v1","kind":"ResourceClaimTemplate","metadata":{"creationTimestamp":null},"spec":{"metadata":{},"spec":{"devices":{"requests":null}}}}`,
		},
		"quantities become canonical, unknown fields go": {
			`{"apiVersion":"v1","kind":"PersistentVolumeClaim","spec":{"x":1,"resources":{"requests":{"storage":"1024Mi","cpu":0.5}}}}`,
			`{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"creationTimestamp":null},"spec":{"resources":{"requests":{"cpu":"500m","storage":"1Gi"}}}}`,
		},
		"stringData wins over data": {
			`{"apiVersion":"v1","kind":"Secret","data":{"a":"eA==","b":"eQ=="},"stringData":{"a":"z"}}`,
			`{"apiVersion":"v1","data":{"a":"eg==","b":"eQ=="},"kind":"Secret","metadata":{"creationTimestamp":null}}`,
		},
		"names of fields are case-sensitive": {
			`{"apiVersion":"v1","kind":"ConfigMap","Data":{"a":"b"}}`,
			`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"creationTimestamp":null}}`,
		},
		"a ClusterRole is sent as it is": {
			`{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"r"}}`,
			`{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"r"}}`,
		},
		"other kinds lose their status": {
			`{"apiVersion":"example.test/v1","kind":"Widget","spec":{"a":null},"status":{}}`,
			`{"apiVersion":"example.test/v1","kind":"Widget","metadata":{"creationTimestamp":null},"spec":{"a":null}}`,
		},
		"a CustomResourceDefinition keeps it": {
			`{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{},"status":{}}`,
			`{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"creationTimestamp":null},"status":{}}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			given := read(t, test.given)
			out, _, err := Normalise(given)
			if err != nil {
				t.Error(err)
			}
			if got, _ := json.Marshal(out); string(got) != test.want {
				t.Errorf("\nwant %s\ngot  %s", test.want, got)
			}
			again, _, _ := Normalise(out)
			if got, _ := json.Marshal(again); string(got) != test.want {
				t.Errorf("the second time\nwant %s\ngot  %s", test.want, got)
			}
			if before, _ := json.Marshal(read(t, test.given)); string(before) != mustJSON(given) {
				t.Errorf("the argument was changed to %s", mustJSON(given))
			}
		})
	}
}

func mustJSON(object any) string {
	data, err := json.Marshal(object)
	if err != nil {
		panic(err)
	}
	return string(data)
}

func TestRefusal(t *testing.T) {
	for name, test := range map[string]struct{ given, want string }{
		"a number for a text": {
			`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"type-error","namespace":"demo"},"data":{"k":5}}`,
			`ConfigMap/demo/type-error dry-run failed: failed to create typed patch object (demo/type-error; /v1, Kind=ConfigMap): .data.k: expected string, got &value.valueUnstructured{Value:5}`,
		},
		"an environment variable": {
			`{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d","namespace":"n"},"spec":{"template":{"spec":{"containers":[{"name":"app","env":[{"name":"A","value":true}]}]}}}}`,
			`Deployment/n/d dry-run failed: failed to create typed patch object (n/d; apps/v1, Kind=Deployment): .spec.template.spec.containers[name="app"].env[name="A"].value: expected string, got &value.valueUnstructured{Value:true}`,
		},
		"the same key twice": {
			`{"apiVersion":"v1","kind":"Service","metadata":{"name":"s","namespace":"n"},"spec":{"ports":[{"port":80,"name":"a"},{"port":80,"name":"b"}]}}`,
			`Service/n/s dry-run failed: failed to create typed patch object (n/s; /v1, Kind=Service): .spec.ports: duplicate entries for key [port=80,protocol="TCP"]`,
		},
		"two mistakes, and an unknown field that only counts now": {
			`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"},"data":{"a":1,"b":[]},"x":1}`,
			"ConfigMap/c dry-run failed: failed to create typed patch object (/c; /v1, Kind=ConfigMap): errors:\n" +
				"  .data.a: expected string, got &value.valueUnstructured{Value:1}\n" +
				"  .data.b: expected string, got &value.valueUnstructured{Value:[]interface {}{}}\n" +
				"  .x: field not declared in schema",
		},
		"no base64": {
			`{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s","namespace":"n"},"data":{"a":"plain text"}}`,
			`Secret/n/s dry-run failed: failed to convert new object (n/s; /v1, Kind=Secret) to proper version: unable to convert unstructured object to /v1, Kind=Secret: error decoding from json: illegal base64 data at input byte 5`,
		},
		"an unknown field in a ClusterRole, which is not normalised": {
			`{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"r"},"rule":[]}`,
			`ClusterRole/r dry-run failed: failed to create typed patch object (/r; rbac.authorization.k8s.io/v1, Kind=ClusterRole): .rule: field not declared in schema`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, known, err := Normalise(read(t, test.given))
			var refusal *ApplyError
			if !known || !errors.As(err, &refusal) || err.Error() != test.want {
				t.Errorf("\nwant %s\ngot  %v", test.want, err)
			}
		})
	}
}

func TestScope(t *testing.T) {
	for kind, want := range map[string]string{
		"/v1/Pod": "namespaced", "/v1/Namespace": "cluster", "/v1/Node": "cluster", "/v1/PersistentVolume": "cluster",
		"/v1/Secret": "namespaced", "apps/v1/Deployment": "namespaced", "apps/v1/Widget": "unknown", "/v2/Pod": "unknown",
		"rbac.authorization.k8s.io/v1/ClusterRole": "cluster", "rbac.authorization.k8s.io/v1/Role": "namespaced",
		"storage.k8s.io/v1/StorageClass": "cluster", "networking.k8s.io/v1/IngressClass": "cluster",
		"admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBinding": "cluster",
		"certificates.k8s.io/v1/CertificateSigningRequest":                 "cluster",
		"authorization.k8s.io/v1/LocalSubjectAccessReview":                 "namespaced",
		"apiextensions.k8s.io/v1/CustomResourceDefinition":                 "cluster",
		"apiregistration.k8s.io/v1/APIService":                             "cluster",
		"policy/v1/PodDisruptionBudget":                                    "namespaced",
		"policy/v1/Eviction":                                               "unknown",
	} {
		part := strings.Split(kind, "/")
		namespaced, known := Scope(part[0], part[1], part[2])
		got := "unknown"
		if known && namespaced {
			got = "namespaced"
		} else if known {
			got = "cluster"
		}
		if got != want {
			t.Errorf("%s: want %s, got %s", kind, want, got)
		}
	}
}

// TestTable reads every line of the table, which otherwise happens only when an object needs it.
func TestTable(t *testing.T) {
	table := readTable()
	if len(table.kinds) < 150 || len(table.structs) < 800 {
		t.Errorf("only %d kinds and %d structs", len(table.kinds), len(table.structs))
	}
	for _, shape := range table.structs {
		if len(shape.read().list) == 0 && shape.line != "" {
			t.Errorf("no fields in %q", shape.line)
		}
	}
}

func BenchmarkReadTable(b *testing.B) {
	for b.Loop() {
		readTable()
	}
}

func BenchmarkNormalise(b *testing.B) {
	var object map[string]any
	text := `{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d","labels":{"a":"b"}},"spec":{"replicas":2,"template":{"spec":{"containers":[{"name":"app","image":"x","env":[{"name":"A","value":"b"}],"ports":[{"containerPort":80}],"resources":{"limits":{"memory":"64Mi"}}}]}}}}`
	if err := utiljson.Unmarshal([]byte(text), &object); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		Normalise(object)
	}
}
