/** The routing objects that Flagger makes for each provider (`pkg/router/factory.go` of fluxcd/flagger). */
import { textAt, type JsonObject } from "../manifest/json.ts";

type Row = readonly [apiVersion: string, kind: string, name: string];

/** Besides the three Services. An unknown provider makes none that could be named. */
export function routerObjects(spec: JsonObject, service: string, provider: string): readonly Row[] {
  const family = provider.split(":")[0] ?? provider;
  const ingress = textAt(spec, "ingressRef", "name");
  switch (family) {
    case "istio":
      return [
        ["networking.istio.io/v1beta1", "DestinationRule", `${service}-canary`],
        ["networking.istio.io/v1beta1", "DestinationRule", `${service}-primary`],
        ["networking.istio.io/v1beta1", "VirtualService", service],
      ];
    case "gatewayapi":
      return [["gateway.networking.k8s.io/v1", "HTTPRoute", service]];
    case "linkerd":
    case "smi":
    case "osm":
      return [["split.smi-spec.io/v1alpha1", "TrafficSplit", service]];
    case "nginx":
    case "skipper":
      return ingress === undefined
        ? []
        : [["networking.k8s.io/v1", "Ingress", `${ingress}-canary`]];
    case "contour":
      return [["projectcontour.io/v1", "HTTPProxy", service]];
    case "traefik":
      return [["traefik.io/v1alpha1", "TraefikService", service]];
    case "gloo":
      return [["gateway.solo.io/v1", "RouteTable", service]];
    case "kuma":
      return [["kuma.io/v1alpha1", "TrafficRoute", service]];
    case "apisix": {
      const route = textAt(spec, "routeRef", "name");
      return route === undefined
        ? []
        : [["apisix.apache.org/v2", "ApisixRoute", `${route}-${service}-canary`]];
    }
    default:
      return [];
  }
}
