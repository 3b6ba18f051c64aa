package helm

import (
	"fmt"
	"slices"
	"strings"
)

// inOrder puts the violations of a schema into the order of their texts: the validator takes properties from an unordered map,
// so that Helm says them in another order each time.
func inOrder(err error) error {
	return fmt.Errorf("%s%w", strings.Join(sortViolations(strings.Split(err.Error(), "\n"), ""), "\n"), quiet{err})
}

// sortViolations sorts each run of lines that begin with a dash at this indentation; what is indented below goes with them.
func sortViolations(lines []string, indent string) []string {
	var out []string
	var run [][]string
	flush := func() {
		slices.SortStableFunc(run, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
		for _, item := range run {
			out = append(out, item[0])
			out = append(out, sortViolations(item[1:], indent+"  ")...)
		}
		run = nil
	}
	for _, line := range lines {
		switch {
		case strings.HasPrefix(line, indent+"- "):
			run = append(run, []string{line})
		case len(run) > 0 && strings.HasPrefix(line, indent+" "):
			run[len(run)-1] = append(run[len(run)-1], line)
		default:
			flush()
			out = append(out, line)
		}
	}
	flush()
	return out
}
