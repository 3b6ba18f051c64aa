module sluice.dev/engine/helm/capabilities/generate

go 1.26.0
