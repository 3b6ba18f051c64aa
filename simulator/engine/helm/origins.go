package helm

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"sluice.dev/engine/api"
	"sluice.dev/engine/build"
)

// placePattern finds where in a template Helm's messages are.
var placePattern = regexp.MustCompile(`\(?([^\s():"]+/templates/[^\s():"]+?)(?::(\d+)(?::\d+)?)?[):\s]`)

// place says which file of the artifact a failure is in, for charts that are folders of it.
func (r *renderer) place(failure *api.Failure) {
	found := placePattern.FindStringSubmatch(failure.Message + " ")
	if found == nil || r.chart == nil || r.request.Chart.Form != api.ChartDirectory {
		return
	}
	below, ok := strings.CutPrefix(found[1], r.chart.Name()+"/")
	if !ok {
		return
	}
	tree := r.store.Tree(r.request.Chart.Artifact)
	file := strings.TrimPrefix(inside(r.request.Chart.Path+"/"+below), chartRoot+"/")
	if tree != nil && tree.Has(file) {
		failure.Path = file
		failure.Line, _ = strconv.Atoi(found[2])
	}
}

// addValues adds the values that templates saw.
func (r *renderer) addValues(result *api.HelmResult) {
	values := r.effective
	if values == nil {
		values = r.composed
	}
	if values == nil {
		return
	}
	if text, err := build.Canonical(values.AsMap()); err == nil {
		result.Values = text
	}
}

// valueOrigins says for each leaf of the values who gave it. The composition runs again with marks in place of leaves.
func (r *renderer) valueOrigins() []api.ValueOrigin {
	if r.effective == nil {
		return nil
	}
	marked := r.markedValues()
	var origins []api.ValueOrigin
	var walk func(pointer string, value, mark any)
	walk = func(pointer string, value, mark any) {
		switch value := value.(type) {
		case map[string]any:
			marks, _ := mark.(map[string]any)
			for _, key := range slices.Sorted(maps.Keys(value)) {
				walk(pointer+"/"+escapePointer(key), value[key], marks[key])
			}
			if len(value) > 0 {
				return
			}
		case []any:
			marks, _ := mark.([]any)
			for i, item := range value {
				var at any
				if i < len(marks) {
					at = marks[i]
				}
				walk(pointer+"/"+strconv.Itoa(i), item, at)
			}
			if len(value) > 0 {
				return
			}
		}
		from, _ := mark.(string)
		if from == "" {
			from = r.globalOrigin(pointer, marked)
		}
		origins = append(origins, api.ValueOrigin{Pointer: pointer, From: from})
	}
	walk("", r.effective.AsMap(), marked)
	return origins
}

// globalOrigin is for values that Helm hands down to subcharts, which stand at the top as well.
func (r *renderer) globalOrigin(pointer string, marked any) string {
	_, below, ok := strings.Cut(pointer[min(1, len(pointer)):], "/global/")
	for part := range strings.SplitSeq("global/"+below, "/") {
		level, isMap := marked.(map[string]any)
		if !ok || !isMap {
			return api.FromChart
		}
		marked = level[strings.NewReplacer("~1", "/", "~0", "~").Replace(part)]
	}
	if from, isMark := marked.(string); isMark {
		return from
	}
	return api.FromChart
}

func escapePointer(key string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(key) }

// markedValues composes the values with the name of its source in place of each leaf.
func (r *renderer) markedValues() map[string]any {
	marker := newRenderer(r.store, r.request, r.release, nil)
	marked, err := marker.composeMarked()
	if err != nil {
		return nil
	}
	return marked
}

func markLeaves(value any, mark string) any {
	switch value := value.(type) {
	case map[string]any:
		out := make(map[string]any, len(value))
		for key, inner := range value {
			out[key] = markLeaves(inner, mark)
		}
		return out
	case []any:
		out := make([]any, len(value))
		for i, inner := range value {
			out[i] = markLeaves(inner, mark)
		}
		return out
	}
	return mark
}

func valuesFromMark(index int) string { return fmt.Sprintf("valuesFrom[%d]", index) }
