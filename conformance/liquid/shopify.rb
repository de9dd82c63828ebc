# Renders the cases it reads, one JSON object a line, with Shopify's Liquid.

require "json"
require "liquid"

NOW = Time.at(1_795_609_845).utc
Time.singleton_class.prepend(Module.new { def now(*) = NOW })
ENV["TZ"] = "UTC"

class Partials
  def initialize(sources) = @sources = sources

  def read_template_file(name) = @sources.fetch(name) { raise Liquid::FileSystemError, "no such template" }
end

$stdin.each_line do |line|
  read = JSON.parse(line)
  told =
    begin
      template = Liquid::Template.parse(read["template"], error_mode: :lax)
      registers = { file_system: Partials.new(read["partials"] || {}) }
      { output: template.render!(read["data"] || {}, registers: registers, strict_filters: true) }
    rescue Liquid::Error, ArgumentError, TypeError, NoMethodError, ZeroDivisionError => e
      { error: e.message.lines.first.to_s.strip }
    end
  $stdout.puts JSON.generate(told)
  $stdout.flush
end
