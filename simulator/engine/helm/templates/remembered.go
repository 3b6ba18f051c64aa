package templates

// maxRemembered is how many bytes one generation of remembered answers may hold.
const maxRemembered = 512 << 10

// remembered holds answers of a pure function. Library charts turn the same few hundred maps into YAML and back, render after
// render, while one value is edited. What was not asked for during a whole generation is forgotten.
type remembered[V any] struct {
	young, old map[string]answer[V]
	size       int
}

type answer[V any] struct {
	value V
	// size is that of the key and the value, in bytes.
	size int
}

func (k *remembered[V]) get(key string) (V, bool) {
	if known, ok := k.young[key]; ok {
		return known.value, true
	}
	known, ok := k.old[key]
	if ok {
		k.keep(key, known)
	}
	return known.value, ok
}

// put takes the size of the value in bytes, besides that of the key. What would push out everything else is not kept.
func (k *remembered[V]) put(key string, value V, size int) {
	if size += len(key); size <= maxRemembered/4 {
		k.keep(key, answer[V]{value, size})
	}
}

func (k *remembered[V]) keep(key string, made answer[V]) {
	if k.young == nil || k.size+made.size > maxRemembered {
		k.old, k.young, k.size = k.young, map[string]answer[V]{}, 0
	}
	k.young[key] = made
	k.size += made.size
}
