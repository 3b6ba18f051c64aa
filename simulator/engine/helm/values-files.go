package helm

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/fluxcd/pkg/chartutil"
	"helm.sh/helm/v4/pkg/chart/loader/archive"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"sigs.k8s.io/yaml"

	"sluice.dev/engine/api"
)

const valuesFile = "values.yaml"

// withValuesFiles gives the files of the chart with the merged `valuesFiles` in place of its defaults,
// or nil when the chart stays as it is (GetValuesFiles, OverwriteChartDefaultValues).
func (s *chartSource) withValuesFiles(loaded *chart.Chart, files []*archive.BufferedFile) ([]*archive.BufferedFile, error) {
	names := s.input.ValuesFiles
	if len(names) == 0 || len(names) == 1 && path.Clean(names[0]) == valuesFile {
		return nil, nil
	}
	merged := map[string]any{}
	for _, name := range names {
		values, found, err := s.readValues(loaded, name)
		switch {
		case err != nil && s.fromArtifact():
			return nil, err
		case err != nil:
			return nil, fmt.Errorf("failed to merge chart values: %w", err)
		}
		if found {
			merged = chartutil.MergeMaps(merged, values)
		}
	}
	var text []byte
	if len(merged) > 0 {
		var err error
		if text, err = yaml.Marshal(merged); err != nil {
			return nil, err
		}
	}
	out := slices.Clone(files)
	for i, file := range out {
		if file.Name == valuesFile {
			out[i] = &archive.BufferedFile{Name: valuesFile, ModTime: file.ModTime, Data: text}
			return out, nil
		}
	}
	return nil, fmt.Errorf("failed to locate values file: %s", valuesFile)
}

// fromArtifact is true for charts that are part of an artifact: their values files lie beside them.
func (s *chartSource) fromArtifact() bool {
	return s.input.Form == api.ChartDirectory || s.input.Form == api.ChartArchive && !s.lone
}

func (s *chartSource) readValues(loaded *chart.Chart, name string) (map[string]any, bool, error) {
	text, missing := []byte(nil), ""
	switch {
	case s.fromArtifact():
		place := inside(name)
		if !s.files.Exists(place) || s.files.IsDir(place) {
			missing = fmt.Sprintf("no values file found at path '%s' (reference '%s')", strings.TrimPrefix(place, chartRoot), name)
			break
		}
		data, err := s.files.ReadFile(place)
		if err != nil {
			return nil, false, fmt.Errorf("could not read values from file '%s': %w", name, err)
		}
		text = data
	case path.Clean(name) == valuesFile:
		return loaded.Values, true, nil
	default:
		missing = fmt.Sprintf("no values file found at path '%s'", name)
		for _, file := range loaded.Files {
			if file.Name == path.Clean(name) {
				text, missing = file.Data, ""
			}
		}
	}
	if missing != "" {
		if s.input.IgnoreMissingValuesFiles {
			return nil, false, nil
		}
		return nil, false, fmt.Errorf("%s", missing)
	}
	values := map[string]any{}
	if err := yaml.Unmarshal(text, &values); err != nil {
		return nil, false, fmt.Errorf("unmarshaling values from '%s' failed: %w", name, err)
	}
	return values, true, nil
}
