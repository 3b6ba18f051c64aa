package templates

import (
	"text/template"
	"time"

	"github.com/Masterminds/sprig/v3"
)

// start is the time that templates see: nothing that is rendered may depend on the real one.
var start = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

func init() {
	// Dates are read and written in the zone of the controller's container.
	time.Local = time.UTC
}

// clock follows sprig's functions of the same names (`date.go`), which take the current time when they get no time.
func (s *Session) clock() template.FuncMap {
	inZone := sprig.TxtFuncMap()["dateInZone"].(func(string, any, string) string)
	moment := func(name string, date any) any {
		switch date.(type) {
		case time.Time, *time.Time, int64, int, int32:
			return date
		}
		s.use(name)
		return start
	}
	return template.FuncMap{
		"now": func() time.Time {
			s.use("now")
			return start
		},
		"date": func(layout string, date any) string { return inZone(layout, moment("date", date), "Local") },
		"dateInZone": func(layout string, date any, zone string) string {
			return inZone(layout, moment("dateInZone", date), zone)
		},
		"date_in_zone": func(layout string, date any, zone string) string {
			return inZone(layout, moment("date_in_zone", date), zone)
		},
		"htmlDate":       func(date any) string { return inZone("2006-01-02", moment("htmlDate", date), "Local") },
		"htmlDateInZone": func(date any, zone string) string { return inZone("2006-01-02", moment("htmlDateInZone", date), zone) },
		"ago": func(date any) string {
			s.use("ago")
			from := start
			switch date := date.(type) {
			case time.Time:
				from = date
			case int64:
				from = time.Unix(date, 0)
			case int:
				from = time.Unix(int64(date), 0)
			}
			return start.Sub(from).Round(time.Second).String()
		},
	}
}
