package difftest

import (
	"fmt"
	"math/rand"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/randfill"
)

// fillers make legal values of the types that write JSON themselves.
func fillers() []any {
	return []any{
		func(quantity *resource.Quantity, c randfill.Continue) {
			units := []string{"", "m", "k", "Ki", "Mi", "G"}
			*quantity = resource.MustParse(fmt.Sprintf("%d%s", c.Intn(3000), units[c.Intn(len(units))]))
		},
		func(either *intstr.IntOrString, c randfill.Continue) {
			*either = intstr.FromInt32(int32(c.Intn(70000)))
			if c.Bool() {
				*either = intstr.FromString(fmt.Sprintf("%d%%", c.Intn(100)))
			}
		},
		func(at *metav1.Time, c randfill.Continue) { at.Time = time.Unix(int64(c.Intn(1<<31)), 0) },
		func(at *metav1.MicroTime, c randfill.Continue) { at.Time = time.Unix(int64(c.Intn(1<<31)), 5000) },
		func(raw *runtime.RawExtension, c randfill.Continue) { raw.Raw = []byte(`{"a":[1,2.5,null,"x"]}`) },
		func(fields *metav1.FieldsV1, c randfill.Continue) { fields.Raw = []byte(`{"f:spec":{}}`) },
		func(text *string, c randfill.Continue) { *text = fmt.Sprintf("text-%d", c.Intn(4)) },
	}
}

// mutate changes about one value in twelve: other types, nothing, extra fields, repeated elements.
func mutate(random *rand.Rand, value any) any {
	if random.Intn(25) == 0 {
		return strange(random)
	}
	switch value := value.(type) {
	case map[string]any:
		return mutateMap(random, value)
	case []any:
		for i := range value {
			value[i] = mutate(random, value[i])
		}
		if len(value) > 0 && random.Intn(8) == 0 {
			value = append(value, runtime.DeepCopyJSONValue(value[0]))
		}
		return value
	default:
		return value
	}
}

func mutateMap(random *rand.Rand, value map[string]any) map[string]any {
	names := make([]string, 0, len(value))
	for name := range value {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		switch random.Intn(25) {
		case 0:
			delete(value, name)
		case 1:
			value[name+"X"] = strange(random)
		default:
			value[name] = mutate(random, value[name])
		}
	}
	return value
}

func strange(random *rand.Rand) any {
	values := []any{
		nil, "", "text", "5", "yes", "1.5Gi", "0.1", "1e3", "2021-02-03T04:05:06+02:00", "2021-02-03T04:05:06.123456Z",
		"not base64!", "aGVsbG8=", int64(0), int64(5), int64(-1), int64(1) << 40, 1.5, 2.0, true, false,
		map[string]any{}, map[string]any{"a": "b"}, map[string]any{"a": int64(1)}, []any{}, []any{"a", "a"}, []any{int64(1), nil},
	}
	return runtime.DeepCopyJSONValue(values[random.Intn(len(values))])
}
