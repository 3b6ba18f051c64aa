package main

import (
	"fmt"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types/ref"
	"k8s.io/apiserver/pkg/cel/environment"
)

type evaluated struct {
	// Value is how Go prints what came out; absent when nothing did.
	Value *string `json:"value,omitempty"`
	// Stage is "compile" or "evaluate" when it failed there.
	Stage   string `json:"stage,omitempty"`
	Message string `json:"message,omitempty"`
}

// evaluateAll evaluates expressions with everything that rules of CRDs may use.
func evaluateAll(expressions []string) (any, error) {
	set := environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion())
	env, err := set.Env(environment.StoredExpressions)
	if err != nil {
		return nil, err
	}
	answers := []evaluated{}
	for _, expression := range expressions {
		ast, issues := env.Compile(expression)
		if issues.Err() != nil {
			answers = append(answers, evaluated{Stage: "compile", Message: issues.Err().Error()})
			continue
		}
		value, err := evaluate(env, ast)
		if err != nil {
			answers = append(answers, evaluated{Stage: "evaluate", Message: err.Error()})
			continue
		}
		text := fmt.Sprint(value.Value())
		answers = append(answers, evaluated{Value: &text})
	}
	return answers, nil
}

// evaluate may fail before it starts: what is constant is evaluated when the program is made.
func evaluate(env *cel.Env, ast *cel.Ast) (ref.Val, error) {
	program, err := env.Program(ast)
	if err != nil {
		return nil, err
	}
	value, _, err := program.Eval(map[string]any{})
	return value, err
}
