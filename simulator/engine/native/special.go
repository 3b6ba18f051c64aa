package native

// Types that read and write JSON themselves. The real ones of apimachinery do the work.

import (
	"encoding/json"
	"fmt"

	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

func convertSpecial(value any, f form) (any, error) {
	switch f {
	case formQuantity:
		var quantity resource.Quantity
		if err := readJSON(value, &quantity); err != nil {
			return nil, err
		}
		return quantity.String(), nil
	case formIntOrText:
		var either intstr.IntOrString
		if err := readJSON(value, &either); err != nil {
			return nil, err
		}
		if either.Type == intstr.String {
			return either.StrVal, nil
		}
		return int64(either.IntVal), nil
	case formTime:
		var time metav1.Time
		if err := readJSON(value, &time); err != nil {
			return nil, err
		}
		return time.ToUnstructured(), nil
	case formMicroTime:
		var time metav1.MicroTime
		if err := readJSON(value, &time); err != nil {
			return nil, err
		}
		if time.IsZero() {
			return nil, nil
		}
		return time.UTC().Format(metav1.RFC3339Micro), nil
	case formFieldsV1, formRaw:
		// Both keep the JSON that they were given.
		return value, nil
	default:
		panic(fmt.Sprintf("native: unknown form %q in the table", string(rune(f))))
	}
}

// readJSON leaves the zero value for a missing one.
func readJSON(value any, target json.Unmarshaler) error {
	if value == nil {
		return nil
	}
	data, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return target.UnmarshalJSON(data)
}
