// The OpenTelemetry collector, with as much around it as our tests ask for: it hears OTLP over HTTP, and writes what it
// heard into a file, a line of JSON a batch.
package main

import (
	"context"
	"errors"
	"log"
	"os"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/provider/envprovider"
	"go.opentelemetry.io/collector/confmap/provider/fileprovider"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/otelcol"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/otlpreceiver"
	"go.opentelemetry.io/collector/service/telemetry/otelconftelemetry"
)

// lines is the exporter; a batch is in the file before whoever sent it hears that it was taken.
type lines struct {
	file *os.File
	ptrace.JSONMarshaler
}

type linesConfig struct {
	Path string `mapstructure:"path"`
}

func (config *linesConfig) Validate() error {
	if config.Path == "" {
		return errors.New("path: where the lines go")
	}
	return nil
}

func (l *lines) Start(context.Context, component.Host) error { return nil }
func (l *lines) Shutdown(context.Context) error               { return l.file.Close() }
func (l *lines) Capabilities() consumer.Capabilities          { return consumer.Capabilities{} }

func (l *lines) ConsumeTraces(_ context.Context, traces ptrace.Traces) error {
	line, err := l.MarshalTraces(traces)
	if err != nil {
		return err
	}
	_, err = l.file.Write(append(line, '\n'))
	return err
}

func create(_ context.Context, _ exporter.Settings, config component.Config) (exporter.Traces, error) {
	file, err := os.OpenFile(config.(*linesConfig).Path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	return &lines{file: file}, err
}

func components() (otelcol.Factories, error) {
	hears := otlpreceiver.NewFactory()
	says := exporter.NewFactory(
		component.MustNewType("lines"),
		func() component.Config { return &linesConfig{} },
		exporter.WithTraces(create, component.StabilityLevelDevelopment),
	)
	return otelcol.Factories{
		Receivers: map[component.Type]receiver.Factory{hears.Type(): hears},
		Exporters: map[component.Type]exporter.Factory{says.Type(): says},
		Telemetry: otelconftelemetry.NewFactory(),
	}, nil
}

func main() {
	providers := []confmap.ProviderFactory{fileprovider.NewFactory(), envprovider.NewFactory()}
	command := otelcol.NewCommand(otelcol.CollectorSettings{
		BuildInfo: component.BuildInfo{Command: "collector", Description: "what tests of traces export to"},
		Factories: components,
		ConfigProviderSettings: otelcol.ConfigProviderSettings{
			ResolverSettings: confmap.ResolverSettings{ProviderFactories: providers},
		},
	})
	if err := command.Execute(); err != nil {
		log.Fatal(err)
	}
}
