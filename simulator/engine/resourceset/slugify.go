package resourceset

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// longestSlug is the limit of a label's value.
const longestSlug = 63

// spelled has letters that stay whole when accents are taken off, and signs that are read aloud.
var spelled = map[rune]string{
	'&': "and", '@': "at", '"': "", '\'': "", '’': "",
	'ß': "ss", 'æ': "ae", 'Æ': "ae", 'ø': "o", 'Ø': "o", 'œ': "oe", 'Œ': "oe", 'ł': "l", 'Ł': "l",
	'đ': "d", 'Đ': "d", 'ð': "d", 'Ð': "d", 'þ': "th", 'Þ': "th", 'ı': "i",
}

// slugify makes a text fit for a label: small letters, digits, `_` and single dashes, cut after a whole word.
func slugify(text string) string {
	var slug strings.Builder
	for _, r := range norm.NFKD.String(strings.TrimSpace(text)) {
		letters, known := spelled[r]
		switch {
		case known:
			slug.WriteString(letters)
		case unicode.Is(unicode.Mn, r):
		case r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_'):
			slug.WriteRune(unicode.ToLower(r))
		default:
			slug.WriteByte('-')
		}
	}
	words := strings.FieldsFunc(slug.String(), func(r rune) bool { return r == '-' })
	return shorten(strings.Trim(strings.Join(words, "-"), "-_"))
}

func shorten(slug string) string {
	if len(slug) <= longestSlug {
		return slug
	}
	if at := strings.LastIndexByte(slug[:longestSlug+1], '-'); at >= 0 {
		return slug[:at]
	}
	return slug[:longestSlug]
}
