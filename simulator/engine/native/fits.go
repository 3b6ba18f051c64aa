package native

// The quick form of check: most objects fit their schema, and this decides so without sorting names
// or building paths.

// fits is true when check would find nothing.
func fits(value any, s *shape) bool {
	if value == nil {
		return true
	}
	switch s.form {
	case formPointer:
		return fits(value, s.element)
	case formList:
		items, ok := value.([]any)
		return ok && listFits(items, s)
	case formMap:
		entries, ok := value.(map[string]any)
		for _, entry := range entries {
			ok = ok && fits(entry, s.element)
		}
		return ok
	case formStruct:
		entries, ok := value.(map[string]any)
		byName := s.fields.read().byName
		for name, entry := range entries {
			element, declared := byName[name]
			ok = ok && declared && fits(entry, element)
		}
		return ok
	default:
		return len(check(value, s, "", nil)) == 0
	}
}

func listFits(items []any, s *shape) bool {
	var seen map[string]bool
	for _, item := range items {
		if s.keyed {
			key, problem := elementKey(item, s)
			if problem != "" || seen[key] {
				return false
			}
			if seen == nil {
				seen = make(map[string]bool, len(items))
			}
			seen[key] = true
		}
		if !fits(item, s.element) {
			return false
		}
	}
	return true
}
