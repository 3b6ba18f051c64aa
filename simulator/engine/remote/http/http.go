// Package http stands in for net/http in the few upstream files that name it (see overlay/overlay.json).
// It has the constants and types those files mention; the requests that work, those of kustomize's loader and of Helm's schemas, ask the host.
package http

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"time"

	"sluice.dev/engine/remote"
)

// Methods and status codes of RFC 9110 that upstream names.
const (
	MethodGet  = "GET"
	MethodPost = "POST"

	StatusOK                    = 200
	StatusBadRequest            = 400
	StatusUnauthorized          = 401
	StatusForbidden             = 403
	StatusNotFound              = 404
	StatusMethodNotAllowed      = 405
	StatusNotAcceptable         = 406
	StatusConflict              = 409
	StatusGone                  = 410
	StatusRequestEntityTooLarge = 413
	StatusUnsupportedMediaType  = 415
	StatusUnprocessableEntity   = 422
	StatusTooManyRequests       = 429
	StatusInternalServerError   = 500
	StatusServiceUnavailable    = 503
	StatusGatewayTimeout        = 504
)

var statusTexts = map[int]string{
	200: "OK", 301: "Moved Permanently", 302: "Found", 304: "Not Modified",
	400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
	406: "Not Acceptable", 408: "Request Timeout", 409: "Conflict", 410: "Gone", 413: "Request Entity Too Large",
	415: "Unsupported Media Type", 418: "I'm a teapot", 422: "Unprocessable Entity", 429: "Too Many Requests",
	451: "Unavailable For Legal Reasons", 500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway",
	503: "Service Unavailable", 504: "Gateway Timeout",
}

// StatusText names a status code.
func StatusText(code int) string { return statusTexts[code] }

// ErrAbortHandler is never raised here.
var ErrAbortHandler = errors.New("net/http: abort Handler")

var errUnsupported = errors.New("the engine does no network requests of its own")

type (
	// Client gets what the host has fetched. Its fields have no effect.
	Client struct {
		Timeout   time.Duration
		Transport *Transport
	}
	// Header is a set of header fields.
	Header map[string]string
	// Request is the part of a request that upstream sets.
	Request struct {
		Header  Header
		address string
	}
	// Response is the part of an answer that upstream reads.
	Response struct {
		Status     string
		StatusCode int
		Body       io.ReadCloser
	}
)

// DefaultClient is the client of Get.
var DefaultClient = &Client{}

// Set sets a header field.
func (h Header) Set(name, value string) { h[name] = value }

// SetBasicAuth has no effect.
func (*Request) SetBasicAuth(string, string) {}

// NewRequestWithContext always fails.
func NewRequestWithContext(context.Context, string, string, io.Reader) (*Request, error) {
	return nil, errUnsupported
}

// Do asks the host for a file when the request is one of NewRequest.
func (c *Client) Do(request *Request) (*Response, error) {
	if request == nil || request.address == "" {
		return nil, errUnsupported
	}
	return c.Get(request.address)
}

// Get always fails: only kustomize's loader, which uses a Client, may reach the host.
func Get(string) (*Response, error) { return nil, errUnsupported }

// Get asks the host for a file. A failed connection reads as net/http words it.
func (*Client) Get(address string) (*Response, error) {
	content, status, err := remote.HTTP(address)
	if err != nil {
		return nil, &url.Error{Op: "Get", URL: address, Err: err}
	}
	return &Response{
		Status:     fmt.Sprintf("%d %s", status, StatusText(status)),
		StatusCode: status,
		Body:       io.NopCloser(bytes.NewReader(content)),
	}, nil
}

// Transport exists so that upstream compiles.
type Transport struct {
	Proxy func(*Request) (*url.URL, error)
}

// ProxyFromEnvironment knows no environment.
func ProxyFromEnvironment(*Request) (*url.URL, error) { return nil, nil }

// NewRequest makes a request for Do.
func NewRequest(_, address string, _ io.Reader) (*Request, error) {
	return &Request{Header: Header{}, address: address}, nil
}

// DetectContentType tells nothing: archives are known by their first bytes, and text by its name.
func DetectContentType([]byte) string { return "application/octet-stream" }
