<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
    <context>
        <name>Above</name>
        <message>
            <source>Next error (F8)</source>
            <translation>下一个错误（F8）</translation>
        </message>
        <message>
            <source>Follow</source>
            <translation>跟随</translation>
        </message>
        <message>
            <source>Find in the log</source>
            <translation>在日志中查找</translation>
        </message>
        <message>
            <source>Find</source>
            <translation>查找</translation>
        </message>
        <message>
            <source>Capitals count</source>
            <translation>区分大小写</translation>
        </message>
        <message>
            <source>Regular expression</source>
            <translation>正则表达式</translation>
        </message>
        <message>
            <source>Previous match</source>
            <translation>上一个匹配</translation>
        </message>
        <message>
            <source>Next match</source>
            <translation>下一处</translation>
        </message>
        <message>
            <source>More for this log</source>
            <translation>此日志的更多操作</translation>
        </message>
    </context>
    <context>
        <name>Accelerator</name>
        <message>
            <source>not slowed down</source>
            <translation>未降频</translation>
        </message>
        <message>
            <source>Last word</source>
            <translation>最后消息</translation>
        </message>
        <message>
            <source>{mean} mean, {top} top</source>
            <translation>平均 {mean}，最高 {top}</translation>
        </message>
        <message>
            <source>Utilization</source>
            <translation>利用率</translation>
        </message>
        <message>
            <source>Over the interval</source>
            <translation>采样区间内</translation>
        </message>
        <message>
            <source>Memory bus</source>
            <translation>显存总线</translation>
        </message>
        <message>
            <source>Encoder, decoder</source>
            <translation>编码器、解码器</translation>
        </message>
        <message>
            <source>Memory</source>
            <translation>内存</translation>
        </message>
        <message>
            <source>Reserved by driver</source>
            <translation>驱动保留</translation>
        </message>
        <message>
            <source>Temperature</source>
            <translation>温度</translation>
        </message>
        <message>
            <source>Memory temperature</source>
            <translation>显存温度</translation>
        </message>
        <message>
            <source>Margin to its limit</source>
            <translation>距温度上限</translation>
        </message>
        <message>
            <source>Power over the interval</source>
            <translation>区间平均功率</translation>
        </message>
        <message>
            <source>Energy since the driver loaded</source>
            <translation>驱动加载以来的能耗</translation>
        </message>
        <message>
            <source>Clocks</source>
            <translation>频率限制</translation>
        </message>
        <message>
            <source>SM clock</source>
            <translation>SM 时钟</translation>
        </message>
        <message>
            <source>Memory clock</source>
            <translation>显存频率</translation>
        </message>
        <message>
            <source>P-state</source>
            <translation>性能状态</translation>
        </message>
        <message>
            <source>Fan</source>
            <translation>风扇</translation>
        </message>
        <message>
            <source>Power</source>
            <translation>功率</translation>
        </message>
        <message>
            <source>Power (average)</source>
            <translation>功率（平均）</translation>
        </message>
        <message>
            <source>Power (instant)</source>
            <translation>功率（瞬时）</translation>
        </message>
        <message>
            <source>Recovery action</source>
            <translation>恢复操作</translation>
        </message>
        <message>
            <source>ECC corrected</source>
            <translation>ECC 已纠正</translation>
        </message>
        <message>
            <source>ECC uncorrected</source>
            <translation>ECC 未纠正</translation>
        </message>
        <message>
            <source>Remapped rows</source>
            <translation>重映射行</translation>
        </message>
        <message>
            <source>Retired pages</source>
            <translation>停用页</translation>
        </message>
        <message>
            <source>pending</source>
            <translation>待处理</translation>
        </message>
        <message>
            <source>XIDs</source>
            <translation>XID</translation>
        </message>
        <message>
            <source>PCIe</source>
            <translation>PCIe</translation>
        </message>
        <message>
            <source>gen {now} of {best}, × {width} of {most}</source>
            <translation>第 {now}/{best} 代，× {width}/{most}</translation>
        </message>
        <message>
            <source>PCIe replays</source>
            <translation>PCIe 重传</translation>
        </message>
        <message>
            <source>PCIe in, out</source>
            <translation>PCIe 入、出</translation>
        </message>
        <message>
            <source>Persistence mode</source>
            <translation>持久模式</translation>
        </message>
        <message>
            <source>Compute mode</source>
            <translation>计算模式</translation>
        </message>
        <message>
            <source>MIG</source>
            <translation>MIG</translation>
        </message>
        <message>
            <source>on</source>
            <translation>开</translation>
        </message>
        <message>
            <source>off</source>
            <translation>关</translation>
        </message>
        <message>
            <source>{now} since load, {ever} ever</source>
            <translation>驱动加载以来 {now}，累计 {ever}</translation>
        </message>
        <message>
            <source>{soft} + {hard} uncorrectable</source>
            <translation>{soft} + {hard} 不可纠正</translation>
        </message>
        <message>
            <source>failed</source>
            <translation>失败</translation>
        </message>
        <message>
            <source>no permission to read the kernel log</source>
            <translation>无权读取内核日志</translation>
        </message>
        <message>
            <source>none</source>
            <translation>无</translation>
        </message>
        <message>
            <source>NVLink in, out ({count} links)</source>
            <translation>NVLink 入、出（{count} 条链路）</translation>
        </message>
    </context>
    <context>
        <name>AcceleratorCard</name>
        <message>
            <source>Accelerator</source>
            <translation>加速器</translation>
        </message>
        <message>
            <source>Which accelerator</source>
            <translation>选择加速器</translation>
        </message>
        <message>
            <source>What can be done with it</source>
            <translation>可执行的操作</translation>
        </message>
        <message>
            <source>Health</source>
            <translation>健康</translation>
        </message>
    </context>
    <context>
        <name>AcceleratorPanel</name>
        <message>
            <source>simulated</source>
            <translation>模拟</translation>
        </message>
        <message>
            <source>Utilization</source>
            <translation>利用率</translation>
        </message>
        <message>
            <source>Memory</source>
            <translation>内存</translation>
        </message>
        <message>
            <source>Power</source>
            <translation>功率</translation>
        </message>
        <message>
            <source>Temperature</source>
            <translation>温度</translation>
        </message>
        <message>
            <source>Processes</source>
            <translation>进程</translation>
        </message>
        <message>
            <source>Health</source>
            <translation>健康</translation>
        </message>
        <message>
            <source>Power (average)</source>
            <translation>功率（平均）</translation>
        </message>
        <message>
            <source>Power (instant)</source>
            <translation>功率（瞬时）</translation>
        </message>
    </context>
    <context>
        <name>Acting</name>
        <message>
            <source>Read-only is on: nothing can be changed</source>
            <translation>只读已开启：不能更改任何内容</translation>
        </message>
    </context>
    <context>
        <name>ActivityPage</name>
        <message>
            <source>Operations</source>
            <translation>操作</translation>
        </message>
        <message>
            <source>Nothing was done yet. Long work, such as a job's submit or a rollout, goes on here when its sheet is closed.</source>
            <translation>尚未进行任何操作。提交作业或发布等长任务在关闭面板后会在这里继续。</translation>
        </message>
        <message>
            <source>{count} running</source>
            <translation>{count} 个运行中</translation>
        </message>
    </context>
    <context>
        <name>AddModelSheet</name>
        <message>
            <source>From the outputs of {job}, with the metrics that it reported.</source>
            <translation>来自 {job} 的输出，附带其报告的指标。</translation>
        </message>
        <message>
            <source>The file is copied into Tandem's own store and kept by its content.</source>
            <translation>文件会复制到 Tandem 自己的存储中，并按内容保存。</translation>
        </message>
        <message>
            <source>Register model</source>
            <translation>登记模型</translation>
        </message>
        <message>
            <source>Register</source>
            <translation>登记</translation>
        </message>
        <message>
            <source>Name</source>
            <translation>名称</translation>
        </message>
        <message>
            <source>A name that is there already gets its next version.</source>
            <translation>已存在的名称将得到下一个版本。</translation>
        </message>
        <message>
            <source>Output</source>
            <translation>输出</translation>
        </message>
        <message>
            <source>This machine</source>
            <translation>本机</translation>
        </message>
        <message>
            <source>Where</source>
            <translation>位置</translation>
        </message>
        <message>
            <source>File</source>
            <translation>文件</translation>
        </message>
        <message>
            <source>TorchScript, safetensors, ONNX, pt2 or GGUF.</source>
            <translation>TorchScript、safetensors、ONNX、pt2 或 GGUF。</translation>
        </message>
        <message>
            <source>told by a look inside</source>
            <translation>由内容判断</translation>
        </message>
        <message>
            <source>Format</source>
            <translation>格式</translation>
        </message>
        <message>
            <source>Metrics</source>
            <translation>指标</translation>
        </message>
        <message>
            <source>One name=number a line.</source>
            <translation>每行一个 名称=数字。</translation>
        </message>
        <message>
            <source>Enter a name.</source>
            <translation>请输入名称。</translation>
        </message>
        <message>
            <source>Enter a file.</source>
            <translation>请输入文件。</translation>
        </message>
        <message>
            <source>'{line}' is not name=number.</source>
            <translation>'{line}' 不是 名称=数字。</translation>
        </message>
    </context>
    <context>
        <name>AddSourceSheet</name>
        <message>
            <source>Add source</source>
            <translation>添加数据源</translation>
        </message>
        <message>
            <source>Reads a Prometheus that scrapes DCGM-exporter and node_exporter.</source>
            <translation>读取一个抓取 DCGM-exporter 和 node_exporter 的 Prometheus。</translation>
        </message>
        <message>
            <source>Add</source>
            <translation>添加</translation>
        </message>
        <message>
            <source>Name</source>
            <translation>名称</translation>
        </message>
        <message>
            <source>Address</source>
            <translation>地址</translation>
        </message>
        <message>
            <source>directly</source>
            <translation>直接</translation>
        </message>
        <message>
            <source>Reached</source>
            <translation>访问方式</translation>
        </message>
        <message>
            <source>A server goes between by a forward.</source>
            <translation>可经由某台服务器的端口转发。</translation>
        </message>
        <message>
            <source>without a login</source>
            <translation>无需登录</translation>
        </message>
        <message>
            <source>with a token</source>
            <translation>使用令牌</translation>
        </message>
        <message>
            <source>with user and password</source>
            <translation>使用用户名和密码</translation>
        </message>
        <message>
            <source>Login</source>
            <translation>登录</translation>
        </message>
        <message>
            <source>User</source>
            <translation>用户</translation>
        </message>
        <message>
            <source>Token or password</source>
            <translation>令牌或密码</translation>
        </message>
        <message>
            <source>Kept in the keyring of this system.</source>
            <translation>保存在本系统的密钥环中。</translation>
        </message>
        <message>
            <source>Certificates</source>
            <translation>证书</translation>
        </message>
        <message>
            <source>A file (PEM) of authorities to trust.</source>
            <translation>要信任的证书颁发机构文件（PEM）。</translation>
        </message>
        <message>
            <source>Label of servers</source>
            <translation>服务器标签</translation>
        </message>
        <message>
            <source>Filter</source>
            <translation>筛选</translation>
        </message>
        <message>
            <source>Enter a name.</source>
            <translation>请输入名称。</translation>
        </message>
        <message>
            <source>Enter an address.</source>
            <translation>请输入地址。</translation>
        </message>
    </context>
    <context>
        <name>AdoptSheet</name>
        <message>
            <source>Adopt a process of {server}</source>
            <translation>接管 {server} 上的进程</translation>
        </message>
        <message>
            <source>It is watched as a job from now on: its end is noticed, what it writes to a file is the log. Its exit code cannot be known.</source>
            <translation>从现在起作为作业监视：会注意到它的结束，它写入文件的输出就是日志。它的退出码无法得知。</translation>
        </message>
        <message>
            <source>Adopt</source>
            <translation>接管</translation>
        </message>
        <message>
            <source>PID</source>
            <translation>PID</translation>
        </message>
    </context>
    <context>
        <name>AlertChannelsPage</name>
        <message>
            <source>Channels</source>
            <translation>渠道</translation>
        </message>
        <message>
            <source>No channel is set up: whoever is to be told while no window is open needs one.</source>
            <translation>尚未设置渠道：没有窗口打开时，要通知到人就需要一个。</translation>
        </message>
        <message>
            <source>Notifications</source>
            <translation>通知</translation>
        </message>
        <message>
            <source>Nothing was sent of late.</source>
            <translation>最近没有发送任何通知。</translation>
        </message>
        <message>
            <source>Test</source>
            <translation>测试</translation>
        </message>
        <message>
            <source>Edit…</source>
            <translation>编辑…</translation>
        </message>
        <message>
            <source>Add channel…</source>
            <translation>添加渠道…</translation>
        </message>
        <message>
            <source>Notifications shown</source>
            <translation>显示的通知</translation>
        </message>
        <message>
            <source>All</source>
            <translation>全部</translation>
        </message>
        <message>
            <source>Failed</source>
            <translation>失败</translation>
        </message>
        <message>
            <source>Search in notifications</source>
            <translation>在通知中搜索</translation>
        </message>
        <message>
            <source>Channel, failure</source>
            <translation>渠道、失败原因</translation>
        </message>
        <message>
            <source>Test channel</source>
            <translation>测试通知渠道</translation>
        </message>
        <message>
            <source>Edit channel…</source>
            <translation>编辑渠道…</translation>
        </message>
        <message>
            <source>Remove channel</source>
            <translation>删除通知渠道</translation>
        </message>
        <message>
            <source>here: in the window; the desktop's notifications are off in the settings</source>
            <translation>本机：在窗口中；桌面通知已在设置中关闭</translation>
        </message>
        <message>
            <source>here: in the window and as notifications of the desktop</source>
            <translation>本机：在窗口中，并作为桌面通知</translation>
        </message>
        <message>
            <source>here: in the window only, since this desktop has no tray</source>
            <translation>本机：仅在窗口中，因为此桌面没有托盘</translation>
        </message>
        <message>
            <source>{count} failed</source>
            <translation>{count} 台失败</translation>
        </message>
        <message>
            <source>Its notifications</source>
            <translation>它的通知</translation>
        </message>
        <message>
            <source>Remove</source>
            <translation>移除</translation>
        </message>
        <message>
            <source>Show its alert</source>
            <translation>显示其告警</translation>
        </message>
        <message>
            <source>{channel}: the test message was delivered.</source>
            <translation>{channel}：测试消息已送达。</translation>
        </message>
    </context>
    <context>
        <name>AlertHistoryPage</name>
        <message>
            <source>Past alerts</source>
            <translation>历史告警</translation>
        </message>
        <message>
            <source>No alert ended in the time range. A longer one is chosen at the top right.</source>
            <translation>此时间范围内没有告警。可在右上角选择更长的范围。</translation>
        </message>
        <message>
            <source>Search in past alerts</source>
            <translation>在历史告警中搜索</translation>
        </message>
        <message>
            <source>Server, rule, owner</source>
            <translation>服务器、规则、负责人</translation>
        </message>
        <message>
            <source>History</source>
            <translation>历史</translation>
        </message>
        <message>
            <source>Charts around it</source>
            <translation>查看前后曲线</translation>
        </message>
        <message>
            <source>newest {count}</source>
            <translation>最新 {count} 条</translation>
        </message>
        <message>
            <source>{count} episodes</source>
            <translation>{count} 次</translation>
        </message>
        <message>
            <source>not judged for {span}, in {count} spans</source>
            <translation>共 {span} 未评估，分 {count} 段</translation>
        </message>
        <message>
            <source>{begin} to {end}</source>
            <translation>{begin} 至 {end}</translation>
        </message>
    </context>
    <context>
        <name>AlertInspector</name>
        <message>
            <source>Selected alert</source>
            <translation>所选告警</translation>
        </message>
        <message>
            <source>Do next</source>
            <translation>下一步</translation>
        </message>
        <message>
            <source>Open runbook</source>
            <translation>打开处理手册</translation>
        </message>
        <message>
            <source>Charts around it</source>
            <translation>查看前后曲线</translation>
        </message>
        <message>
            <source>Earlier episodes</source>
            <translation>以前的发生</translation>
        </message>
        <message>
            <source>Acknowledge</source>
            <translation>确认知悉</translation>
        </message>
        <message>
            <source>Assign…</source>
            <translation>指派…</translation>
        </message>
        <message>
            <source>Silence…</source>
            <translation>静默…</translation>
        </message>
        <message>
            <source>No alert selected</source>
            <translation>未选择告警</translation>
        </message>
        <message>
            <source>Select an alert to see what is wrong and what to do next.</source>
            <translation>选择一个告警，查看问题所在和下一步该做什么。</translation>
        </message>
        <message>
            <source>silenced</source>
            <translation>已静默</translation>
        </message>
        <message>
            <source>Known</source>
            <translation>已知悉</translation>
        </message>
        <message>
            <source>First seen</source>
            <translation>首次发现</translation>
        </message>
        <message>
            <source>Lasted</source>
            <translation>持续时间</translation>
        </message>
        <message>
            <source>For</source>
            <translation>时长</translation>
        </message>
        <message>
            <source>Ended</source>
            <translation>结束</translation>
        </message>
        <message>
            <source>Value</source>
            <translation>值</translation>
        </message>
        <message>
            <source>Owner</source>
            <translation>所有者</translation>
        </message>
        <message>
            <source>nobody yet</source>
            <translation>尚无</translation>
        </message>
        <message>
            <source>Known to</source>
            <translation>知悉者</translation>
        </message>
        <message>
            <source>Not sent</source>
            <translation>未发送</translation>
        </message>
        <message>
            <source>Rule</source>
            <translation>规则</translation>
        </message>
        <message>
            <source>What last changed on {server}</source>
            <translation>{server} 上最近的变化</translation>
        </message>
        <message>
            <source>Nothing that this console knows of, within a day before it.</source>
            <translation>此前一天内，本控制台未记录到任何变化。</translation>
        </message>
        <message>
            <source>None within thirty days.</source>
            <translation>三十天内没有。</translation>
        </message>
    </context>
    <context>
        <name>AlertRulesPage</name>
        <message>
            <source>Alert rules</source>
            <translation>告警规则</translation>
        </message>
        <message>
            <source>No rule fits the search.</source>
            <translation>没有符合搜索的规则。</translation>
        </message>
        <message>
            <source>Rules</source>
            <translation>规则</translation>
        </message>
        <message>
            <source>Rules shown</source>
            <translation>显示的规则</translation>
        </message>
        <message>
            <source>All</source>
            <translation>全部</translation>
        </message>
        <message>
            <source>On</source>
            <translation>启用</translation>
        </message>
        <message>
            <source>Off</source>
            <translation>停用</translation>
        </message>
        <message>
            <source>Changed or own</source>
            <translation>已改或自定义</translation>
        </message>
        <message>
            <source>Search in rules</source>
            <translation>在规则中搜索</translation>
        </message>
        <message>
            <source>Name, condition</source>
            <translation>名称、条件</translation>
        </message>
        <message>
            <source>Switch off</source>
            <translation>停用</translation>
        </message>
        <message>
            <source>Edit…</source>
            <translation>编辑…</translation>
        </message>
        <message>
            <source>Add rule…</source>
            <translation>添加规则…</translation>
        </message>
        <message>
            <source>Edit rule…</source>
            <translation>编辑规则…</translation>
        </message>
        <message>
            <source>Copy into a new rule…</source>
            <translation>复制为新规则…</translation>
        </message>
        <message>
            <source>{on} of {all} are on</source>
            <translation>{all} 条中启用 {on} 条</translation>
        </message>
        <message>
            <source>your own</source>
            <translation>自定义</translation>
        </message>
        <message>
            <source>default</source>
            <translation>默认</translation>
        </message>
        <message>
            <source>default, off</source>
            <translation>默认，已停用</translation>
        </message>
        <message>
            <source>default, on</source>
            <translation>默认，已启用</translation>
        </message>
        <message>
            <source>default, changed</source>
            <translation>默认，已修改</translation>
        </message>
        <message>
            <source>Switch on</source>
            <translation>启用</translation>
        </message>
        <message>
            <source>Back to the default</source>
            <translation>恢复默认</translation>
        </message>
        <message>
            <source>Remove rule</source>
            <translation>移除规则</translation>
        </message>
        <message>
            <source>Its alerts</source>
            <translation>它的告警</translation>
        </message>
        <message>
            <source>Its past alerts</source>
            <translation>它的历史告警</translation>
        </message>
    </context>
    <context>
        <name>AlertSilencesPage</name>
        <message>
            <source>Silences</source>
            <translation>静默</translation>
        </message>
        <message>
            <source>Nothing is silenced: whatever fires is sent to every channel that wants it.</source>
            <translation>没有静默：任何触发的告警都会发送到需要它的渠道。</translation>
        </message>
        <message>
            <source>Search in silences</source>
            <translation>在静默中搜索</translation>
        </message>
        <message>
            <source>Server, rule, reason</source>
            <translation>服务器、规则、原因</translation>
        </message>
        <message>
            <source>End silence</source>
            <translation>结束静默</translation>
        </message>
        <message>
            <source>Silence…</source>
            <translation>静默…</translation>
        </message>
        <message>
            <source>{count} hold</source>
            <translation>{count} 个生效</translation>
        </message>
        <message>
            <source>Open server</source>
            <translation>打开服务器</translation>
        </message>
    </context>
    <context>
        <name>Alerts</name>
        <message>
            <source>Acknowledge</source>
            <translation>确认知悉</translation>
        </message>
        <message>
            <source>Take it</source>
            <translation>由我处理</translation>
        </message>
        <message>
            <source>Assign…</source>
            <translation>指派…</translation>
        </message>
        <message>
            <source>Silence…</source>
            <translation>静默…</translation>
        </message>
        <message>
            <source>Copy as text</source>
            <translation>复制为文本</translation>
        </message>
        <message>
            <source>Charts around it</source>
            <translation>查看前后曲线</translation>
        </message>
        <message>
            <source>Open runbook</source>
            <translation>打开处理手册</translation>
        </message>
        <message>
            <source>Open server</source>
            <translation>打开服务器</translation>
        </message>
        <message>
            <source>Copy id</source>
            <translation>复制 ID</translation>
        </message>
        <message>
            <source>{what}, {outcome}, by {who}</source>
            <translation>{what}，{outcome}，操作者 {who}</translation>
        </message>
        <message>
            <source>{item} {before} → {after}</source>
            <translation>{item} {before} → {after}</translation>
        </message>
        <message>
            <source>{when} ({span} before)</source>
            <translation>{when}（{span} 前）</translation>
        </message>
        <message>
            <source>{when} ({span} after)</source>
            <translation>{when}（{span} 后）</translation>
        </message>
        <message>
            <source>{when}, lasted {span}</source>
            <translation>{when}，持续 {span}</translation>
        </message>
        <message>
            <source>State</source>
            <translation>状态</translation>
        </message>
        <message>
            <source>Channel</source>
            <translation>渠道</translation>
        </message>
        <message>
            <source>By</source>
            <translation>操作者</translation>
        </message>
        <message>
            <source>From</source>
            <translation>从</translation>
        </message>
        <message>
            <source>Servers</source>
            <translation>服务器</translation>
        </message>
        <message>
            <source>every server</source>
            <translation>所有服务器</translation>
        </message>
        <message>
            <source>Its end</source>
            <translation>结束时</translation>
        </message>
        <message>
            <source>is told</source>
            <translation>通知</translation>
        </message>
        <message>
            <source>is not told</source>
            <translation>不通知</translation>
        </message>
        <message>
            <source>Again after</source>
            <translation>重复间隔</translation>
        </message>
        <message>
            <source>Secrets</source>
            <translation>机密</translation>
        </message>
        <message>
            <source>off</source>
            <translation>关</translation>
        </message>
        <message>
            <source>a secret is missing</source>
            <translation>缺少密钥</translation>
        </message>
        <message>
            <source>on</source>
            <translation>开</translation>
        </message>
        <message>
            <source>never</source>
            <translation>从不</translation>
        </message>
        <message>
            <source>in the keyring</source>
            <translation>在密钥环中</translation>
        </message>
        <message>
            <source>in the environment</source>
            <translation>在环境变量中</translation>
        </message>
        <message>
            <source>missing</source>
            <translation>缺少</translation>
        </message>
        <message>
            <source>Severity</source>
            <translation>严重程度</translation>
        </message>
        <message>
            <source>Server</source>
            <translation>服务器</translation>
        </message>
        <message>
            <source>Target</source>
            <translation>目标</translation>
        </message>
        <message>
            <source>Alert</source>
            <translation>告警</translation>
        </message>
        <message>
            <source>First seen</source>
            <translation>首次发现</translation>
        </message>
        <message>
            <source>For</source>
            <translation>时长</translation>
        </message>
        <message>
            <source>Owner</source>
            <translation>所有者</translation>
        </message>
        <message>
            <source>Ended</source>
            <translation>结束</translation>
        </message>
        <message>
            <source>Lasted</source>
            <translation>持续时间</translation>
        </message>
        <message>
            <source>Known</source>
            <translation>已知悉</translation>
        </message>
        <message>
            <source>Rule</source>
            <translation>规则</translation>
        </message>
        <message>
            <source>Condition</source>
            <translation>条件</translation>
        </message>
        <message>
            <source>at once</source>
            <translation>立即</translation>
        </message>
        <message>
            <source>Scope</source>
            <translation>范围</translation>
        </message>
        <message>
            <source>Where</source>
            <translation>位置</translation>
        </message>
        <message>
            <source>everywhere</source>
            <translation>所有</translation>
        </message>
        <message>
            <source>Origin</source>
            <translation>来源</translation>
        </message>
        <message>
            <source>the fleet</source>
            <translation>整个集群</translation>
        </message>
        <message>
            <source>server</source>
            <translation>服务器</translation>
        </message>
        <message>
            <source>accelerator</source>
            <translation>加速器</translation>
        </message>
        <message>
            <source>Ends</source>
            <translation>结束于</translation>
        </message>
        <message>
            <source>Left</source>
            <translation>剩余</translation>
        </message>
        <message>
            <source>Accelerator</source>
            <translation>加速器</translation>
        </message>
        <message>
            <source>every one</source>
            <translation>每一个</translation>
        </message>
        <message>
            <source>Reason</source>
            <translation>原因</translation>
        </message>
        <message>
            <source>Set</source>
            <translation>设置于</translation>
        </message>
        <message>
            <source>every rule</source>
            <translation>所有规则</translation>
        </message>
        <message>
            <source>over</source>
            <translation>已结束</translation>
        </message>
        <message>
            <source>Begun</source>
            <translation>开始</translation>
        </message>
        <message>
            <source>Alerts</source>
            <translation>告警</translation>
        </message>
        <message>
            <source>Attempts</source>
            <translation>尝试次数</translation>
        </message>
        <message>
            <source>Delivered</source>
            <translation>送达</translation>
        </message>
        <message>
            <source>Last failure</source>
            <translation>最近失败</translation>
        </message>
        <message>
            <source>delivered</source>
            <translation>已送达</translation>
        </message>
        <message>
            <source>given up</source>
            <translation>已放弃</translation>
        </message>
        <message>
            <source>tried again</source>
            <translation>正在重试</translation>
        </message>
        <message>
            <source>on its way</source>
            <translation>发送中</translation>
        </message>
        <message>
            <source>Connect again</source>
            <translation>重新连接</translation>
        </message>
        <message>
            <source>Check server</source>
            <translation>检查服务器</translation>
        </message>
        <message>
            <source>Trust key…</source>
            <translation>信任密钥…</translation>
        </message>
        <message>
            <source>Open processes</source>
            <translation>打开进程</translation>
        </message>
        <message>
            <source>Show idle holders</source>
            <translation>显示闲置占用</translation>
        </message>
        <message>
            <source>Open files</source>
            <translation>打开文件</translation>
        </message>
        <message>
            <source>Drain server…</source>
            <translation>排空服务器…</translation>
        </message>
        <message>
            <source>Allow GPU reset…</source>
            <translation>允许重置 GPU…</translation>
        </message>
        <message>
            <source>Reset GPU…</source>
            <translation>重置 GPU…</translation>
        </message>
        <message>
            <source>Restart server…</source>
            <translation>重启服务器…</translation>
        </message>
        <message>
            <source>Let it work again</source>
            <translation>恢复工作</translation>
        </message>
        <message>
            <source>and {count} more</source>
            <translation>另有 {count} 个</translation>
        </message>
        <message>
            <source>No alert fits the search and what is chosen.</source>
            <translation>没有符合搜索和所选条件的告警。</translation>
        </message>
        <message>
            <source>About alerts</source>
            <translation>关于告警</translation>
        </message>
        <message>
            <source>Now</source>
            <translation>当前</translation>
        </message>
        <message>
            <source>History</source>
            <translation>历史</translation>
        </message>
        <message>
            <source>Rules</source>
            <translation>规则</translation>
        </message>
        <message>
            <source>Silences</source>
            <translation>静默</translation>
        </message>
        <message>
            <source>Channels</source>
            <translation>渠道</translation>
        </message>
        <message>
            <source>{count} alerts fire on {servers} servers.</source>
            <translation>{servers} 台服务器上触发了 {count} 个告警。</translation>
        </message>
        <message>
            <source>{server}: {count} alerts, first {title}</source>
            <translation>{server}：{count} 个告警，首先是 {title}</translation>
        </message>
        <message>
            <source>{count} alerts are over.</source>
            <translation>{count} 个告警已结束。</translation>
        </message>
        <message>
            <source>{server}: over: {title}</source>
            <translation>{server}：已结束：{title}</translation>
        </message>
        <message>
            <source>{server}: {count} alerts are over.</source>
            <translation>{server}：{count} 个告警已结束。</translation>
        </message>
        <message>
            <source>critical</source>
            <translation>严重</translation>
        </message>
        <message>
            <source>warning</source>
            <translation>警告</translation>
        </message>
        <message>
            <source>info</source>
            <translation>信息</translation>
        </message>
        <message>
            <source>inactive</source>
            <translation>未触发</translation>
        </message>
        <message>
            <source>pending</source>
            <translation>待处理</translation>
        </message>
        <message>
            <source>firing</source>
            <translation>触发中</translation>
        </message>
        <message>
            <source>resolved</source>
            <translation>已恢复</translation>
        </message>
        <message>
            <source>no data</source>
            <translation>无数据</translation>
        </message>
        <message>
            <source>fleet</source>
            <translation>集群</translation>
        </message>
        <message>
            <source>silenced until {until}: {reason}</source>
            <translation>静默至 {until}：{reason}</translation>
        </message>
        <message>
            <source>silenced until {until}</source>
            <translation>静默至 {until}</translation>
        </message>
        <message>
            <source>the server is down</source>
            <translation>服务器已断开</translation>
        </message>
        <message>
            <source>the server is drained</source>
            <translation>服务器已排空</translation>
        </message>
        <message>
            <source>no server is reached</source>
            <translation>无法连到任何服务器</translation>
        </message>
        <message>
            <source>silenced</source>
            <translation>已静默</translation>
        </message>
        <message>
            <source>{who}, {when}</source>
            <translation>{who}，{when}</translation>
        </message>
        <message>
            <source>alerts were never judged</source>
            <translation>告警从未评估</translation>
        </message>
        <message>
            <source>no alerts judged for {age}</source>
            <translation>已 {age} 无人评估告警</translation>
        </message>
        <message>
            <source>alerts judged by {who}, {age} ago</source>
            <translation>告警由 {who} 评估，{age} 前</translation>
        </message>
        <message>
            <source>1 warning</source>
            <translation>1 个警告</translation>
        </message>
        <message>
            <source>{count} critical</source>
            <translation>{count} 个严重</translation>
        </message>
        <message>
            <source>{count} warnings</source>
            <translation>{count} 个警告</translation>
        </message>
        <message>
            <source>{count} for information</source>
            <translation>{count} 个信息</translation>
        </message>
        <message>
            <source>{count} without data</source>
            <translation>{count} 个无数据</translation>
        </message>
        <message>
            <source>{count} pending</source>
            <translation>{count} 个待定</translation>
        </message>
        <message>
            <source>{count} silenced</source>
            <translation>{count} 个已静默</translation>
        </message>
        <message>
            <source>nothing fires</source>
            <translation>没有告警触发</translation>
        </message>
    </context>
    <context>
        <name>AlertsPage</name>
        <message>
            <source>Alerts</source>
            <translation>告警</translation>
        </message>
        <message>
            <source>Alerts shown</source>
            <translation>显示的告警</translation>
        </message>
        <message>
            <source>All</source>
            <translation>全部</translation>
        </message>
        <message>
            <source>Firing</source>
            <translation>触发中</translation>
        </message>
        <message>
            <source>Critical</source>
            <translation>严重</translation>
        </message>
        <message>
            <source>Nobody has it</source>
            <translation>无人处理</translation>
        </message>
        <message>
            <source>Mine</source>
            <translation>我的</translation>
        </message>
        <message>
            <source>Silenced</source>
            <translation>静默</translation>
        </message>
        <message>
            <source>Order</source>
            <translation>排序</translation>
        </message>
        <message>
            <source>by server</source>
            <translation>按服务器</translation>
        </message>
        <message>
            <source>worst first</source>
            <translation>最严重在前</translation>
        </message>
        <message>
            <source>Search in alerts</source>
            <translation>在告警中搜索</translation>
        </message>
        <message>
            <source>Server, rule, owner</source>
            <translation>服务器、规则、负责人</translation>
        </message>
        <message>
            <source>Look at the rules</source>
            <translation>查看规则</translation>
        </message>
        <message>
            <source>Set up a channel…</source>
            <translation>设置渠道…</translation>
        </message>
        <message>
            <source>Nothing fires</source>
            <translation>没有告警触发</translation>
        </message>
        <message>
            <source>What is wrong on a server will be here while it lasts: since when, who has it, what to do next, and what changed before it.</source>
            <translation>服务器上的问题在持续期间会列在这里：从何时开始、由谁处理、下一步做什么，以及之前有何变化。</translation>
        </message>
    </context>
    <context>
        <name>AnnotateJobSheet</name>
        <message>
            <source>Note and tags</source>
            <translation>备注和标签</translation>
        </message>
        <message>
            <source>For {name}. They are found by the search and kept in this console's database and its backups; the server and other consoles do not see them.</source>
            <translation>用于 {name}。它们可以被搜索到，保存在本控制台的数据库及其备份中；服务器和其他控制台看不到。</translation>
        </message>
        <message>
            <source>Keep</source>
            <translation>保存</translation>
        </message>
        <message>
            <source>What was learned</source>
            <translation>得到的结论</translation>
        </message>
        <message>
            <source>Note</source>
            <translation>备注</translation>
        </message>
        <message>
            <source>Tags</source>
            <translation>标签</translation>
        </message>
        <message>
            <source>One name=value a line.</source>
            <translation>每行一个 名称=值。</translation>
        </message>
        <message>
            <source>'{line}' is not name=value.</source>
            <translation>“{line}”不是 名称=值。</translation>
        </message>
    </context>
    <context>
        <name>AssignSheet</name>
        <message>
            <source>Assign</source>
            <translation>指派</translation>
        </message>
        <message>
            <source>Who looks after it. Every console that shares these alerts shows the name.</source>
            <translation>由谁负责。共享这些告警的每个控制台都会显示此名称。</translation>
        </message>
        <message>
            <source>Owner</source>
            <translation>所有者</translation>
        </message>
        <message>
            <source>Empty: nobody has it, whoever had it before.</source>
            <translation>留空：不再由任何人负责。</translation>
        </message>
        <message>
            <source>All {count} selected alerts are given.</source>
            <translation>所选的 {count} 个告警都会指派。</translation>
        </message>
    </context>
    <context>
        <name>Audit</name>
        <message>
            <source>unknown</source>
            <translation>未知</translation>
        </message>
        <message>
            <source>began</source>
            <translation>开始</translation>
        </message>
        <message>
            <source>done</source>
            <translation>完成</translation>
        </message>
        <message>
            <source>failed</source>
            <translation>失败</translation>
        </message>
        <message>
            <source>cancelled</source>
            <translation>已取消</translation>
        </message>
    </context>
    <context>
        <name>AuditCard</name>
        <message>
            <source>Audit log</source>
            <translation>审计日志</translation>
        </message>
        <message>
            <source>Changes only</source>
            <translation>仅更改</translation>
        </message>
        <message>
            <source>All servers</source>
            <translation>所有服务器</translation>
        </message>
        <message>
            <source>Server</source>
            <translation>服务器</translation>
        </message>
        <message>
            <source>Search in the audit log</source>
            <translation>在审计日志中搜索</translation>
        </message>
        <message>
            <source>Action, target, detail</source>
            <translation>动作、目标、详情</translation>
        </message>
        <message>
            <source>Verify chain</source>
            <translation>验证链</translation>
        </message>
        <message>
            <source>Nothing fits. What is done on servers is listed here, looks included.</source>
            <translation>没有匹配项。这里列出在服务器上所做的一切，包括查看。</translation>
        </message>
        <message>
            <source>Time</source>
            <translation>时间</translation>
        </message>
        <message>
            <source>Action</source>
            <translation>动作</translation>
        </message>
        <message>
            <source>Target</source>
            <translation>目标</translation>
        </message>
        <message>
            <source>Outcome</source>
            <translation>结果</translation>
        </message>
        <message>
            <source>Detail</source>
            <translation>详情</translation>
        </message>
        <message>
            <source>Who</source>
            <translation>谁</translation>
        </message>
        <message>
            <source>newest {count}</source>
            <translation>最新 {count} 条</translation>
        </message>
        <message>
            <source>{count} entries</source>
            <translation>{count} 项</translation>
        </message>
        <message>
            <source>reading the chain…</source>
            <translation>正在读取链…</translation>
        </message>
        <message>
            <source>{count} faults</source>
            <translation>{count} 处错误</translation>
        </message>
        <message>
            <source>the chain is whole</source>
            <translation>链完整</translation>
        </message>
        <message>
            <source>Copy entry</source>
            <translation>复制条目</translation>
        </message>
        <message>
            <source>Show only this action</source>
            <translation>仅显示此动作</translation>
        </message>
        <message>
            <source>Open its server</source>
            <translation>打开其服务器</translation>
        </message>
    </context>
    <context>
        <name>BackupCard</name>
        <message>
            <source>Backup</source>
            <translation>备份</translation>
        </message>
        <message>
            <source>Inventory, jobs, models' records, history, audit log, settings and known host keys in one file. Model files are not in it.</source>
            <translation>清单、作业、模型记录、历史、审计日志、设置和已知主机密钥在一个文件中。不含模型文件。</translation>
        </message>
        <message>
            <source>Back up…</source>
            <translation>备份…</translation>
        </message>
        <message>
            <source>Restore…</source>
            <translation>恢复…</translation>
        </message>
        <message>
            <source>Back up to</source>
            <translation>备份到</translation>
        </message>
        <message>
            <source>working…</source>
            <translation>正在进行…</translation>
        </message>
        <message>
            <source>{path} written, {size}.</source>
            <translation>已写入 {path}，{size}。</translation>
        </message>
        <message>
            <source>Restore from</source>
            <translation>恢复自</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>关闭</translation>
        </message>
    </context>
    <context>
        <name>Below</name>
        <message>
            <source>Go to line</source>
            <translation>转到行</translation>
        </message>
        <message>
            <source>Line, +line after the gap, or 50%</source>
            <translation>行号、缺口后的 +行号，或 50%</translation>
        </message>
        <message>
            <source>Following paused · End to follow</source>
            <translation>已暂停跟随 · 按 End 继续跟随</translation>
        </message>
    </context>
    <context>
        <name>ChangedDot</name>
        <message>
            <source>Changed from the default</source>
            <translation>已更改默认值</translation>
        </message>
    </context>
    <context>
        <name>ChangesSwitch</name>
        <message>
            <source>Changes allowed</source>
            <translation>允许更改</translation>
        </message>
        <message>
            <source>Read-only</source>
            <translation>只读</translation>
        </message>
        <message>
            <source>Started with --read-only</source>
            <translation>以 --read-only 启动</translation>
        </message>
        <message>
            <source>Switch commands that change something on or off (Ctrl+Shift+R)</source>
            <translation>允许或禁止会更改内容的命令（Ctrl+Shift+R）</translation>
        </message>
    </context>
    <context>
        <name>ChannelSheet</name>
        <message>
            <source>Edit channel</source>
            <translation>编辑渠道</translation>
        </message>
        <message>
            <source>Add channel</source>
            <translation>添加渠道</translation>
        </message>
        <message>
            <source>Whoever judges the alerts tells people through it, grouped by server. Secrets are kept in the keyring of this system and never shown.</source>
            <translation>评估告警者通过它按服务器分组通知。密钥保存在本系统的密钥环中，从不显示。</translation>
        </message>
        <message>
            <source>Save channel</source>
            <translation>保存渠道</translation>
        </message>
        <message>
            <source>Name</source>
            <translation>名称</translation>
        </message>
        <message>
            <source>Lower-case letters, digits and dashes.</source>
            <translation>小写字母、数字和连字符。</translation>
        </message>
        <message>
            <source>Kind</source>
            <translation>类型</translation>
        </message>
        <message>
            <source>Tell also that it is over</source>
            <translation>结束时也通知</translation>
        </message>
        <message>
            <source>Send through it</source>
            <translation>通过它发送</translation>
        </message>
        <message>
            <source>From severity</source>
            <translation>起始严重程度</translation>
        </message>
        <message>
            <source>Servers</source>
            <translation>服务器</translation>
        </message>
        <message>
            <source>A filter; empty is every server and the fleet.</source>
            <translation>筛选条件；留空为所有服务器和整个集群。</translation>
        </message>
        <message>
            <source>Again after</source>
            <translation>重复间隔</translation>
        </message>
        <message>
            <source>What still fires, and nobody knows of, is told again; empty is never.</source>
            <translation>仍在触发且无人知悉的会再次通知；留空为从不。</translation>
        </message>
        <message>
            <source>Wait for others of the server</source>
            <translation>等待同一服务器的其他告警</translation>
        </message>
        <message>
            <source>Between two messages of a server</source>
            <translation>同一服务器两条消息的间隔</translation>
        </message>
        <message>
            <source>What is critical does not wait for it.</source>
            <translation>严重告警不受此限。</translation>
        </message>
        <message>
            <source>kept in the keyring; empty leaves it</source>
            <translation>已存于密钥环；留空则保持不变</translation>
        </message>
        <message>
            <source>taken from the environment</source>
            <translation>取自环境变量</translation>
        </message>
        <message>
            <source>needed</source>
            <translation>必填</translation>
        </message>
        <message>
            <source>may be empty</source>
            <translation>可留空</translation>
        </message>
        <message>
            <source>No plugin provides a way to tell people.</source>
            <translation>没有插件提供通知方式。</translation>
        </message>
        <message>
            <source>Enter a name.</source>
            <translation>请输入名称。</translation>
        </message>
        <message>
            <source>It is needed.</source>
            <translation>必须填写。</translation>
        </message>
        <message>
            <source>Write seconds, or 90s, 15m, 2h, 7d.</source>
            <translation>请写秒数，或 90s、15m、2h、7d。</translation>
        </message>
    </context>
    <context>
        <name>Chart</name>
        <message>
            <source>{age} ago</source>
            <translation>{age}前</translation>
        </message>
        <message>
            <source>mean of {span}</source>
            <translation>{span}均值</translation>
        </message>
    </context>
    <context>
        <name>ChartBar</name>
        <message>
            <source>Earlier (Shift+Left)</source>
            <translation>更早 (Shift+Left)</translation>
        </message>
        <message>
            <source>Later (Shift+Right)</source>
            <translation>更晚 (Shift+Right)</translation>
        </message>
        <message>
            <source>Show more time (-)</source>
            <translation>显示更长时间 (-)</translation>
        </message>
        <message>
            <source>Show less time (+)</source>
            <translation>显示更短时间 (+)</translation>
        </message>
        <message>
            <source>Back to live</source>
            <translation>回到实时</translation>
        </message>
        <message>
            <source>charts</source>
            <translation>图表</translation>
        </message>
        <message>
            <source>per accelerator</source>
            <translation>按加速器</translation>
        </message>
        <message>
            <source>View</source>
            <translation>查看</translation>
        </message>
        <message>
            <source>Export</source>
            <translation>导出</translation>
        </message>
        <message>
            <source>Picture (PNG)…</source>
            <translation>图片 (PNG)…</translation>
        </message>
        <message>
            <source>Values (CSV)…</source>
            <translation>数值 (CSV)…</translation>
        </message>
        <message>
            <source>live</source>
            <translation>实时</translation>
        </message>
        <message>
            <source>ends {age} ago</source>
            <translation>结束于{age}前</translation>
        </message>
    </context>
    <context>
        <name>CheckSheet</name>
        <message>
            <source>Check {server}</source>
            <translation>检查 {server}</translation>
        </message>
        <message>
            <source>Could be better</source>
            <translation>可以改进</translation>
        </message>
        <message>
            <source>Accelerators</source>
            <translation>加速器</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>关闭</translation>
        </message>
        <message>
            <source>Check again</source>
            <translation>重新检查</translation>
        </message>
        <message>
            <source>connecting…</source>
            <translation>正在连接…</translation>
        </message>
        <message>
            <source>not reached</source>
            <translation>无法到达</translation>
        </message>
        <message>
            <source>reached</source>
            <translation>已到达</translation>
        </message>
        <message>
            <source>Latency</source>
            <translation>延迟</translation>
        </message>
        <message>
            <source>System</source>
            <translation>系统</translation>
        </message>
        <message>
            <source>Python</source>
            <translation>Python</translation>
        </message>
    </context>
    <context>
        <name>Chip</name>
        <message>
            <source>Show or hide; double-click shows this one alone</source>
            <translation>显示或隐藏；双击只显示这一条</translation>
        </message>
    </context>
    <context>
        <name>Chips</name>
        <message>
            <source>{shown} of {all} accelerators</source>
            <translation>{all} 个加速器中的 {shown} 个</translation>
        </message>
    </context>
    <context>
        <name>CodeCard</name>
        <message>
            <source>commit {commit}, changed since</source>
            <translation>提交 {commit}，之后有改动</translation>
        </message>
        <message>
            <source>commit {commit}</source>
            <translation>提交 {commit}</translation>
        </message>
        <message>
            <source>Code</source>
            <translation>代码</translation>
        </message>
        <message>
            <source>Fetch…</source>
            <translation>取回…</translation>
        </message>
        <message>
            <source>Fetch code…</source>
            <translation>取回代码…</translation>
        </message>
        <message>
            <source>Files of the code</source>
            <translation>代码文件</translation>
        </message>
        <message>
            <source>File</source>
            <translation>文件</translation>
        </message>
        <message>
            <source>Size</source>
            <translation>大小</translation>
        </message>
        <message>
            <source>looking…</source>
            <translation>正在查看…</translation>
        </message>
        <message>
            <source>View</source>
            <translation>查看</translation>
        </message>
        <message>
            <source>Copy hash</source>
            <translation>复制哈希</translation>
        </message>
    </context>
    <context>
        <name>CodeFields</name>
        <message>
            <source>Code</source>
            <translation>代码</translation>
        </message>
        <message>
            <source>nothing goes along</source>
            <translation>不随带任何文件</translation>
        </message>
        <message>
            <source>A folder here: what git tracks and what it does not ignore, or all that .tandemignore leaves. The job runs in a copy of its own. Or one script; the command is then its arguments.</source>
            <translation>本机的一个文件夹：git 跟踪的和未被忽略的文件，或 .tandemignore 留下的全部文件。作业在自己的副本中运行。也可以是一个脚本，此时命令就是它的参数。</translation>
        </message>
        <message>
            <source>What will be sent</source>
            <translation>将要发送的内容</translation>
        </message>
        <message>
            <source>looking…</source>
            <translation>正在查看…</translation>
        </message>
        <message>
            <source>1 file, {size}</source>
            <translation>1 个文件，{size}</translation>
        </message>
        <message>
            <source>{count} files, {size}</source>
            <translation>{count} 个文件，{size}</translation>
        </message>
        <message>
            <source>commit {commit}, changed since</source>
            <translation>提交 {commit}，之后有改动</translation>
        </message>
        <message>
            <source>commit {commit}</source>
            <translation>提交 {commit}</translation>
        </message>
        <message>
            <source>only what the server lacks is sent</source>
            <translation>只发送服务器缺少的部分</translation>
        </message>
        <message>
            <source>nothing to send: already there</source>
            <translation>无需发送：已在服务器上</translation>
        </message>
        <message>
            <source>to send: 1 file, {size}</source>
            <translation>将发送：1 个文件，{size}</translation>
        </message>
        <message>
            <source>to send: {count} files, {size}</source>
            <translation>将发送：{count} 个文件，{size}</translation>
        </message>
        <message>
            <source>'{line}' is not NAME or NAME=ENTRY; its value is never entered here.</source>
            <translation>“{line}”不是 NAME 或 NAME=ENTRY；这里从不输入值。</translation>
        </message>
    </context>
    <context>
        <name>CodeFileSheet</name>
        <message>
            <source>As {job} had it.</source>
            <translation>{job} 运行时的内容。</translation>
        </message>
        <message>
            <source>looking…</source>
            <translation>正在查看…</translation>
        </message>
        <message>
            <source>Content of the file</source>
            <translation>文件内容</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>关闭</translation>
        </message>
        <message>
            <source>{size} that are no text.</source>
            <translation>{size}，不是文本。</translation>
        </message>
        <message>
            <source>The first {part} of {size}; fetch the code to see all.</source>
            <translation>{size} 中的前 {part}；取回代码可查看全部。</translation>
        </message>
    </context>
    <context>
        <name>CommandSheet</name>
        <message>
            <source>Run a command on {server}</source>
            <translation>在 {server} 上运行命令</translation>
        </message>
        <message>
            <source>Command line</source>
            <translation>命令行</translation>
        </message>
        <message>
            <source>Words and quotes as in a shell, but no shell: for pipes write sh -c '…'.</source>
            <translation>单词和引号与 shell 相同，但不经过 shell：需要管道时请写 sh -c '…'。</translation>
        </message>
        <message>
            <source>Output</source>
            <translation>输出</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>关闭</translation>
        </message>
        <message>
            <source>Run</source>
            <translation>运行</translation>
        </message>
        <message>
            <source>A quote is not closed.</source>
            <translation>引号没有闭合。</translation>
        </message>
        <message>
            <source>Enter a command.</source>
            <translation>请输入命令。</translation>
        </message>
        <message>
            <source>running…</source>
            <translation>正在运行…</translation>
        </message>
        <message>
            <source>stopped after {seconds} s</source>
            <translation>{seconds} 秒后停止</translation>
        </message>
        <message>
            <source>ended by signal {number}</source>
            <translation>被信号 {number} 终止</translation>
        </message>
        <message>
            <source>exit code {code}</source>
            <translation>退出码 {code}</translation>
        </message>
    </context>
    <context>
        <name>Compare</name>
        <message>
            <source>run</source>
            <translation>运行</translation>
        </message>
        <message>
            <source>specification</source>
            <translation>规格</translation>
        </message>
        <message>
            <source>code</source>
            <translation>代码</translation>
        </message>
        <message>
            <source>environment</source>
            <translation>环境</translation>
        </message>
        <message>
            <source>metrics</source>
            <translation>指标</translation>
        </message>
        <message>
            <source>usage</source>
            <translation>用量</translation>
        </message>
        <message>
            <source>Part</source>
            <translation>部分</translation>
        </message>
        <message>
            <source>Field</source>
            <translation>字段</translation>
        </message>
        <message>
            <source>Older run</source>
            <translation>较早的运行</translation>
        </message>
        <message>
            <source>Newer run</source>
            <translation>较新的运行</translation>
        </message>
    </context>
    <context>
        <name>ComparePage</name>
        <message>
            <source>Open older</source>
            <translation>打开较早的</translation>
        </message>
        <message>
            <source>Open newer</source>
            <translation>打开较新的</translation>
        </message>
        <message>
            <source>Differences</source>
            <translation>差异</translation>
        </message>
        <message>
            <source>Show what is alike</source>
            <translation>显示相同项</translation>
        </message>
        <message>
            <source>Filter</source>
            <translation>筛选</translation>
        </message>
        <message>
            <source>field or value</source>
            <translation>字段或值</translation>
        </message>
        <message>
            <source>Nothing differs.</source>
            <translation>没有差异。</translation>
        </message>
        <message>
            <source>Compare runs</source>
            <translation>比较运行</translation>
        </message>
        <message>
            <source>no other run of that name</source>
            <translation>没有其他同名的运行</translation>
        </message>
        <message>
            <source>{count} of {all} fields differ</source>
            <translation>{all} 个字段中有 {count} 个不同</translation>
        </message>
        <message>
            <source>asking the servers for the rest</source>
            <translation>正在向服务器询问其余内容</translation>
        </message>
        <message>
            <source>Copy as text</source>
            <translation>复制为文本</translation>
        </message>
    </context>
    <context>
        <name>CompareRunsSheet</name>
        <message>
            <source>Compare runs</source>
            <translation>比较运行</translation>
        </message>
        <message>
            <source>Up to {count} runs are laid over {job}; also of servers that are away.</source>
            <translation>最多可将 {count} 个运行叠加在 {job} 上,服务器不在线的也可以。</translation>
        </message>
        <message>
            <source>Search in jobs</source>
            <translation>在作业中搜索</translation>
        </message>
        <message>
            <source>Name, command, server, id</source>
            <translation>名称、命令、服务器、编号</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <source>Compare</source>
            <translation>比对</translation>
        </message>
        <message>
            <source>Runs</source>
            <translation>运行</translation>
        </message>
        <message>
            <source>Name</source>
            <translation>名称</translation>
        </message>
        <message>
            <source>State</source>
            <translation>状态</translation>
        </message>
        <message>
            <source>Submitted</source>
            <translation>提交时间</translation>
        </message>
        <message>
            <source>No other job fits.</source>
            <translation>没有其他符合的作业。</translation>
        </message>
    </context>
    <context>
        <name>CopiesSheet</name>
        <message>
            <source>Progress of {server}</source>
            <translation>{server} 的进度</translation>
        </message>
        <message>
            <source>Copies between servers</source>
            <translation>服务器间的复制</translation>
        </message>
        <message>
            <source>What servers copy among themselves and fetch; it goes on without this window.</source>
            <translation>服务器之间自行复制以及下载的内容；关闭此窗口后仍会继续。</translation>
        </message>
        <message>
            <source>No copies</source>
            <translation>没有复制</translation>
        </message>
        <message>
            <source>No server that is connected has copied or fetched anything lately.</source>
            <translation>已连接的服务器最近没有复制或下载任何内容。</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>关闭</translation>
        </message>
        <message>
            <source>Copy between servers…</source>
            <translation>在服务器之间复制…</translation>
        </message>
    </context>
    <context>
        <name>CopySheet</name>
        <message>
            <source>Copy between servers</source>
            <translation>在服务器之间复制</translation>
        </message>
        <message>
            <source>From</source>
            <translation>从</translation>
        </message>
        <message>
            <source>To</source>
            <translation>目标</translation>
        </message>
        <message>
            <source>Path there</source>
            <translation>来源路径</translation>
        </message>
        <message>
            <source>Directly where the servers reach each other: encrypted, from one to the next, going on when this window is closed. Else through this console, touching no disk here.</source>
            <translation>服务器能互相连通时直接复制：全程加密，逐台传递，关闭此窗口后仍会继续。否则经由本控制台中转，不写入本机磁盘。</translation>
        </message>
        <message>
            <source>Look for a way</source>
            <translation>查找路径</translation>
        </message>
        <message>
            <source>New path there</source>
            <translation>目标上的新路径</translation>
        </message>
        <message>
            <source>From the home folder unless it begins with a slash; with one at its end it goes inside.</source>
            <translation>不以斜杠开头时从主目录算起；以斜杠结尾则放入其中。</translation>
        </message>
        <message>
            <source>Trying which servers reach each other…</source>
            <translation>正在测试哪些服务器能互相连通…</translation>
        </message>
        <message>
            <source>From the home folder unless it begins with a slash.</source>
            <translation>除非以斜杠开头，否则从主文件夹算起。</translation>
        </message>
        <message>
            <source>Enter a path of this machine.</source>
            <translation>请输入本机的路径。</translation>
        </message>
        <message>
            <source>Enter a path of the server.</source>
            <translation>请输入服务器上的路径。</translation>
        </message>
    </context>
    <context>
        <name>CoreStrip</name>
        <message>
            <source>Processor cores</source>
            <translation>处理器核心</translation>
        </message>
        <message>
            <source>{count} cores, {busy} of them busy for more than 90 %</source>
            <translation>{count} 个核心，其中 {busy} 个忙碌超过 90 %</translation>
        </message>
        <message>
            <source>not known</source>
            <translation>未知</translation>
        </message>
        <message>
            <source>Core {index}: {value} busy</source>
            <translation>核心 {index}：忙碌 {value}</translation>
        </message>
    </context>
    <context>
        <name>Crash</name>
        <message>
            <source>Something in Tandem itself went wrong: {what}</source>
            <translation>Tandem 自身出现错误：{what}</translation>
        </message>
        <message>
            <source>What runs on servers goes on. The log holds the details: {path}</source>
            <translation>服务器上的任务不受影响。详情见日志：{path}</translation>
        </message>
    </context>
    <context>
        <name>DeploySheet</name>
        <message>
            <source>Deploy</source>
            <translation>部署</translation>
        </message>
        <message>
            <source>The model is pushed, started, warmed up and probed before it gets any traffic.</source>
            <translation>模型在接收流量之前会被推送、启动、预热和探测。</translation>
        </message>
        <message>
            <source>Version</source>
            <translation>版本</translation>
        </message>
        <message>
            <source>Server</source>
            <translation>服务器</translation>
        </message>
        <message>
            <source>By the format</source>
            <translation>按格式</translation>
        </message>
        <message>
            <source>Runtime</source>
            <translation>运行时</translation>
        </message>
        <message>
            <source>a free one</source>
            <translation>任一空闲端口</translation>
        </message>
        <message>
            <source>Made from the pinned lock</source>
            <translation>由锁定文件创建</translation>
        </message>
        <message>
            <source>An interpreter on the server</source>
            <translation>服务器上的解释器</translation>
        </message>
        <message>
            <source>A virtual environment on the server</source>
            <translation>服务器上的虚拟环境</translation>
        </message>
        <message>
            <source>Environment</source>
            <translation>环境</translation>
        </message>
        <message>
            <source>Name</source>
            <translation>名称</translation>
        </message>
        <message>
            <source>The endpoint's name; it stays when versions change.</source>
            <translation>端点的名称；版本切换时保持不变。</translation>
        </message>
        <message>
            <source>Replicas</source>
            <translation>副本</translation>
        </message>
        <message>
            <source>GPUs of each replica</source>
            <translation>每个副本的 GPU</translation>
        </message>
        <message>
            <source>Path on the server</source>
            <translation>服务器上的路径</translation>
        </message>
        <message>
            <source>Port on the server</source>
            <translation>服务器端口</translation>
        </message>
        <message>
            <source>On its loopback only.</source>
            <translation>仅在其本地回环上。</translation>
        </message>
        <message>
            <source>No runtime here serves {format}.</source>
            <translation>这里没有支持 {format} 的运行时。</translation>
        </message>
        <message>
            <source>Enter a name.</source>
            <translation>请输入名称。</translation>
        </message>
        <message>
            <source>That name is taken; switch its version on its own page.</source>
            <translation>该名称已被占用；请在其页面切换版本。</translation>
        </message>
        <message>
            <source>Enter a path on the server.</source>
            <translation>请输入服务器上的路径。</translation>
        </message>
    </context>
    <context>
        <name>Deployment</name>
        <message>
            <source>{endpoint} on {server}, through SSH</source>
            <translation>{server} 上的 {endpoint}，经由 SSH</translation>
        </message>
    </context>
    <context>
        <name>DeploymentCharts</name>
        <message>
            <source>Requests per second</source>
            <translation>每秒请求数</translation>
        </message>
        <message>
            <source>Latency, ms</source>
            <translation>延迟，ms</translation>
        </message>
        <message>
            <source>Errors, % of requests</source>
            <translation>错误，占请求 %</translation>
        </message>
        <message>
            <source>Utilization, %</source>
            <translation>利用率，%</translation>
        </message>
        <message>
            <source>CPU of {server}</source>
            <translation>{server} 的 CPU</translation>
        </message>
    </context>
    <context>
        <name>DeploymentHeader</name>
        <message>
            <source>Try it…</source>
            <translation>试用…</translation>
        </message>
        <message>
            <source>Open locally</source>
            <translation>在本机打开</translation>
        </message>
        <message>
            <source>Switch version…</source>
            <translation>切换版本…</translation>
        </message>
        <message>
            <source>Roll back…</source>
            <translation>回滚…</translation>
        </message>
        <message>
            <source>Remove…</source>
            <translation>移除…</translation>
        </message>
        <message>
            <source>Open on this machine:</source>
            <translation>在本机打开：</translation>
        </message>
        <message>
            <source>Copy URL</source>
            <translation>复制 URL</translation>
        </message>
        <message>
            <source>Close forward</source>
            <translation>关闭端口转发</translation>
        </message>
    </context>
    <context>
        <name>DeploymentPage</name>
        <message>
            <source>Replicas</source>
            <translation>副本</translation>
        </message>
        <message>
            <source>No replicas are known.</source>
            <translation>没有已知的副本。</translation>
        </message>
        <message>
            <source>Releases</source>
            <translation>发布</translation>
        </message>
        <message>
            <source>No releases are known.</source>
            <translation>没有已知的发布。</translation>
        </message>
    </context>
    <context>
        <name>Deployments</name>
        <message>
            <source>Open</source>
            <translation>打开</translation>
        </message>
        <message>
            <source>Try it…</source>
            <translation>试用…</translation>
        </message>
        <message>
            <source>Switch version…</source>
            <translation>切换版本…</translation>
        </message>
        <message>
            <source>Roll back…</source>
            <translation>回滚…</translation>
        </message>
        <message>
            <source>Remove…</source>
            <translation>移除…</translation>
        </message>
        <message>
            <source>Open its server</source>
            <translation>打开其服务器</translation>
        </message>
        <message>
            <source>Copy endpoint</source>
            <translation>复制端点</translation>
        </message>
        <message>
            <source>– of {all}</source>
            <translation>– / {all}</translation>
        </message>
        <message>
            <source>{ready} of {all}</source>
            <translation>{ready} / {all}</translation>
        </message>
        <message>
            <source>Deployment</source>
            <translation>部署</translation>
        </message>
        <message>
            <source>State</source>
            <translation>状态</translation>
        </message>
        <message>
            <source>Answers with</source>
            <translation>应答版本</translation>
        </message>
        <message>
            <source>Server</source>
            <translation>服务器</translation>
        </message>
        <message>
            <source>Replicas</source>
            <translation>副本</translation>
        </message>
        <message>
            <source>Requests</source>
            <translation>请求</translation>
        </message>
        <message>
            <source>p50</source>
            <translation>p50</translation>
        </message>
        <message>
            <source>p99</source>
            <translation>p99</translation>
        </message>
        <message>
            <source>Errors</source>
            <translation>错误</translation>
        </message>
        <message>
            <source>Note</source>
            <translation>备注</translation>
        </message>
    </context>
    <context>
        <name>DeploymentsPage</name>
        <message>
            <source>Deployments</source>
            <translation>部署</translation>
        </message>
        <message>
            <source>No deployment fits the search.</source>
            <translation>没有符合搜索的部署。</translation>
        </message>
        <message>
            <source>Deploy…</source>
            <translation>部署…</translation>
        </message>
        <message>
            <source>Open models</source>
            <translation>打开模型</translation>
        </message>
        <message>
            <source>No deployments yet</source>
            <translation>还没有部署</translation>
        </message>
        <message>
            <source>A deployment is a stable endpoint for a model: versions change behind it without a failed request. Its traffic, latency and replicas will be shown here.</source>
            <translation>部署是模型的稳定端点：版本在其后切换而不会有请求失败。这里将显示其流量、延迟和副本。</translation>
        </message>
        <message>
            <source>Search in deployments</source>
            <translation>在部署中搜索</translation>
        </message>
        <message>
            <source>Name, model, server</source>
            <translation>名称、模型、服务器</translation>
        </message>
    </context>
    <context>
        <name>DoctorCard</name>
        <message>
            <source>This installation</source>
            <translation>本机安装</translation>
        </message>
        <message>
            <source>Check again</source>
            <translation>重新检查</translation>
        </message>
        <message>
            <source>looking…</source>
            <translation>正在查看…</translation>
        </message>
    </context>
    <context>
        <name>DrainSheet</name>
        <message>
            <source>Drain {server}</source>
            <translation>停用 {server}</translation>
        </message>
        <message>
            <source>It gets no new jobs and replicas. What runs there goes on; every console shows why.</source>
            <translation>不再给它新的作业和副本。正在运行的照常继续；每个控制台都会显示原因。</translation>
        </message>
        <message>
            <source>Drain</source>
            <translation>排空</translation>
        </message>
        <message>
            <source>new driver</source>
            <translation>更换驱动</translation>
        </message>
        <message>
            <source>Preemptible jobs make way at once</source>
            <translation>可抢占的作业立即让出</translation>
        </message>
        <message>
            <source>Reason</source>
            <translation>原因</translation>
        </message>
        <message>
            <source>For</source>
            <translation>时长</translation>
        </message>
        <message>
            <source>Empty: until somebody lets it work again.</source>
            <translation>留空：直到有人恢复它。</translation>
        </message>
        <message>
            <source>Say why: others will read it.</source>
            <translation>请写明原因：其他人会看到。</translation>
        </message>
        <message>
            <source>Write seconds, or 90s, 15m, 2h, 7d.</source>
            <translation>请写秒数，或 90s、15m、2h、7d。</translation>
        </message>
    </context>
    <context>
        <name>Equipment</name>
        <message>
            <source>System</source>
            <translation>系统</translation>
        </message>
        <message>
            <source>Kernel</source>
            <translation>内核</translation>
        </message>
        <message>
            <source>Driver</source>
            <translation>驱动</translation>
        </message>
        <message>
            <source>CUDA</source>
            <translation>CUDA</translation>
        </message>
        <message>
            <source>VBIOS</source>
            <translation>VBIOS</translation>
        </message>
        <message>
            <source>NCCL</source>
            <translation>NCCL</translation>
        </message>
        <message>
            <source>Container toolkit</source>
            <translation>容器工具包</translation>
        </message>
        <message>
            <source>Accelerators</source>
            <translation>加速器</translation>
        </message>
        <message>
            <source>Serial</source>
            <translation>序列号</translation>
        </message>
        <message>
            <source>Equipment</source>
            <translation>设备清单</translation>
        </message>
    </context>
    <context>
        <name>EquipmentCard</name>
        <message>
            <source>Read it now</source>
            <translation>立即读取</translation>
        </message>
        <message>
            <source>It was not read yet.</source>
            <translation>尚未读取。</translation>
        </message>
        <message>
            <source>≠ {item}: most of {group} have {value}</source>
            <translation>≠ {item}：{group} 中多数为 {value}</translation>
        </message>
        <message>
            <source>Serial of GPU {index}</source>
            <translation>GPU {index} 序列号</translation>
        </message>
        <message>
            <source>{when}: {item} {before} → {after}</source>
            <translation>{when}：{item} {before} → {after}</translation>
        </message>
    </context>
    <context>
        <name>ExportHistorySheet</name>
        <message>
            <source>Export history</source>
            <translation>导出历史数据</translation>
        </message>
        <message>
            <source>Lowest, mean and highest value of each span that is kept; one line each, times in UTC.</source>
            <translation>每个保留时段的最小值、平均值和最大值；每段一行，时间为 UTC。</translation>
        </message>
        <message>
            <source>Export</source>
            <translation>导出</translation>
        </message>
        <message>
            <source>all servers</source>
            <translation>所有服务器</translation>
        </message>
        <message>
            <source>Servers</source>
            <translation>服务器</translation>
        </message>
        <message>
            <source>Names, with spaces between.</source>
            <translation>名称，以空格分隔。</translation>
        </message>
        <message>
            <source>All</source>
            <translation>全部</translation>
        </message>
        <message>
            <source>All of servers</source>
            <translation>服务器的全部指标</translation>
        </message>
        <message>
            <source>All of accelerators</source>
            <translation>加速器的全部指标</translation>
        </message>
        <message>
            <source>Metrics</source>
            <translation>指标</translation>
        </message>
        <message>
            <source>A time in {zone} (2026-01-31 12:00) or a span back from now (90m, 2h, 7d).</source>
            <translation>{zone} 时间（2026-01-31 12:00），或从现在往回的时长（90m、2h、7d）。</translation>
        </message>
        <message>
            <source>From</source>
            <translation>从</translation>
        </message>
        <message>
            <source>Until</source>
            <translation>到</translation>
        </message>
        <message>
            <source>Empty means now.</source>
            <translation>留空表示现在。</translation>
        </message>
        <message>
            <source>As fine as it is kept</source>
            <translation>按保留的精度</translation>
        </message>
        <message>
            <source>1 minute</source>
            <translation>1 分钟</translation>
        </message>
        <message>
            <source>10 minutes</source>
            <translation>10 分钟</translation>
        </message>
        <message>
            <source>1 hour</source>
            <translation>1 小时</translation>
        </message>
        <message>
            <source>Spans</source>
            <translation>时段</translation>
        </message>
        <message>
            <source>CSV</source>
            <translation>CSV</translation>
        </message>
        <message>
            <source>Parquet</source>
            <translation>Parquet</translation>
        </message>
        <message>
            <source>Format</source>
            <translation>格式</translation>
        </message>
        <message>
            <source>File</source>
            <translation>文件</translation>
        </message>
        <message>
            <source>There is no history of {name}.</source>
            <translation>没有 {name} 的历史数据。</translation>
        </message>
        <message>
            <source>Enter a file.</source>
            <translation>请输入文件。</translation>
        </message>
        <message>
            <source>It must end after it begins.</source>
            <translation>结束必须晚于开始。</translation>
        </message>
        <message>
            <source>This is neither a time nor a span.</source>
            <translation>这既不是时间也不是时长。</translation>
        </message>
        <message>
            <source>{lines} lines of {series} series are in {path}.</source>
            <translation>{series} 个序列的 {lines} 行已写入 {path}。</translation>
        </message>
    </context>
    <context>
        <name>Exporting</name>
        <message>
            <source>Export picture</source>
            <translation>导出图片</translation>
        </message>
        <message>
            <source>Export values</source>
            <translation>导出数值</translation>
        </message>
        <message>
            <source>{path} was written.</source>
            <translation>已写入 {path}。</translation>
        </message>
    </context>
    <context>
        <name>FetchCodeSheet</name>
        <message>
            <source>Fetch code</source>
            <translation>取回代码</translation>
        </message>
        <message>
            <source>Copies the code that {job} ran; each file is checked by its hash.</source>
            <translation>复制 {job} 运行的代码；每个文件都按哈希校验。</translation>
        </message>
        <message>
            <source>A new one, or one that is empty.</source>
            <translation>新文件夹或空文件夹。</translation>
        </message>
        <message>
            <source>The code is in {folder}.</source>
            <translation>代码在 {folder} 中。</translation>
        </message>
    </context>
    <context>
        <name>FetchOutputsSheet</name>
        <message>
            <source>Fetch outputs</source>
            <translation>取回输出</translation>
        </message>
        <message>
            <source>Copies every file that {job} left; each one is checked by its hash.</source>
            <translation>复制 {job} 留下的每个文件；每个都用哈希校验。</translation>
        </message>
        <message>
            <source>It is made where it is not there.</source>
            <translation>不存在时会创建。</translation>
        </message>
        <message>
            <source>{count} files are in {folder}.</source>
            <translation>{count} 个文件在 {folder} 中。</translation>
        </message>
    </context>
    <context>
        <name>FetchSheet</name>
        <message>
            <source>Fetch from a URL to {server}</source>
            <translation>从 URL 下载到 {server}</translation>
        </message>
        <message>
            <source>The server fetches it by itself, also when this window is closed. It is kept only if its hash is the one that you give.</source>
            <translation>由服务器自行下载，关闭此窗口后仍会继续。只有哈希值与您给出的一致时才会保留。</translation>
        </message>
        <message>
            <source>Fetch</source>
            <translation>获取</translation>
        </message>
        <message>
            <source>64 hex digits</source>
            <translation>64 位十六进制数字</translation>
        </message>
        <message>
            <source>no limit but the disk</source>
            <translation>仅受磁盘空间限制</translation>
        </message>
        <message>
            <source>Address</source>
            <translation>地址</translation>
        </message>
        <message>
            <source>Path on the server</source>
            <translation>服务器上的路径</translation>
        </message>
        <message>
            <source>From the home folder unless it begins with a slash; with one at its end it goes inside.</source>
            <translation>不以斜杠开头时从主目录算起；以斜杠结尾则放入其中。</translation>
        </message>
        <message>
            <source>At most, in gigabytes</source>
            <translation>最大大小（GB）</translation>
        </message>
        <message>
            <source>Enter an address.</source>
            <translation>请输入地址。</translation>
        </message>
        <message>
            <source>Enter the 64 hex digits of its SHA-256.</source>
            <translation>请输入其 SHA-256 的 64 位十六进制数字。</translation>
        </message>
    </context>
    <context>
        <name>Files</name>
        <message>
            <source>Upload files</source>
            <translation>上传文件</translation>
        </message>
        <message>
            <source>Upload a folder</source>
            <translation>上传文件夹</translation>
        </message>
        <message>
            <source>Download into</source>
            <translation>下载到</translation>
        </message>
        <message>
            <source>It holds characters that are written out here; the new name is taken as it stands.</source>
            <translation>名称中有些字符在此以转义形式写出；新名称按所写的字面采用。</translation>
        </message>
        <message>
            <source>Rename</source>
            <translation>重命名</translation>
        </message>
        <message>
            <source>{name} stays in its folder; nothing is overwritten.</source>
            <translation>{name} 留在原文件夹内；不会覆盖任何文件。</translation>
        </message>
        <message>
            <source>New folder</source>
            <translation>新建文件夹</translation>
        </message>
        <message>
            <source>In {folder}</source>
            <translation>位于 {folder}</translation>
        </message>
        <message>
            <source>Make it</source>
            <translation>创建</translation>
        </message>
        <message>
            <source>New text file</source>
            <translation>新建文本文件</translation>
        </message>
        <message>
            <source>Name</source>
            <translation>名称</translation>
        </message>
        <message>
            <source>Size</source>
            <translation>大小</translation>
        </message>
        <message>
            <source>Modified</source>
            <translation>修改时间</translation>
        </message>
        <message>
            <source>Permissions</source>
            <translation>权限</translation>
        </message>
        <message>
            <source>Owner</source>
            <translation>所有者</translation>
        </message>
        <message>
            <source>link that leads nowhere</source>
            <translation>指向不存在目标的链接</translation>
        </message>
        <message>
            <source>link to a folder</source>
            <translation>指向文件夹的链接</translation>
        </message>
        <message>
            <source>link</source>
            <translation>链接</translation>
        </message>
        <message>
            <source>file</source>
            <translation>文件</translation>
        </message>
        <message>
            <source>folder</source>
            <translation>文件夹</translation>
        </message>
        <message>
            <source>neither file nor folder</source>
            <translation>既非文件也非文件夹</translation>
        </message>
        <message>
            <source>The name holds characters that are written out here.</source>
            <translation>名称中有些字符在此以转义形式写出。</translation>
        </message>
        <message>
            <source>Open</source>
            <translation>打开</translation>
        </message>
        <message>
            <source>Edit as text</source>
            <translation>作为文本编辑</translation>
        </message>
        <message>
            <source>Download…</source>
            <translation>下载…</translation>
        </message>
        <message>
            <source>Copy path</source>
            <translation>复制路径</translation>
        </message>
        <message>
            <source>Rename…</source>
            <translation>重命名…</translation>
        </message>
        <message>
            <source>Delete…</source>
            <translation>删除…</translation>
        </message>
        <message>
            <source>Files</source>
            <translation>文件</translation>
        </message>
        <message>
            <source>Upload files…</source>
            <translation>上传文件…</translation>
        </message>
        <message>
            <source>Upload a folder…</source>
            <translation>上传文件夹…</translation>
        </message>
        <message>
            <source>New folder…</source>
            <translation>新建文件夹…</translation>
        </message>
        <message>
            <source>New text file…</source>
            <translation>新建文本文件…</translation>
        </message>
        <message>
            <source>Open the selected folder</source>
            <translation>打开所选文件夹</translation>
        </message>
        <message>
            <source>Edit the selected file</source>
            <translation>编辑所选文件</translation>
        </message>
        <message>
            <source>Download what is selected…</source>
            <translation>下载所选项…</translation>
        </message>
        <message>
            <source>Rename what is selected…</source>
            <translation>重命名所选项…</translation>
        </message>
        <message>
            <source>Delete what is selected…</source>
            <translation>删除所选项…</translation>
        </message>
        <message>
            <source>Copy the path of what is selected</source>
            <translation>复制所选项的路径</translation>
        </message>
    </context>
    <context>
        <name>FilesPage</name>
        <message>
            <source>Retry</source>
            <translation>重试</translation>
        </message>
        <message>
            <source>To the folder above</source>
            <translation>到上一级文件夹</translation>
        </message>
        <message>
            <source>To the home folder</source>
            <translation>到主文件夹</translation>
        </message>
        <message>
            <source>Read the folder again</source>
            <translation>重新读取文件夹</translation>
        </message>
        <message>
            <source>Folder on the server</source>
            <translation>服务器上的文件夹</translation>
        </message>
        <message>
            <source>Filter this folder</source>
            <translation>筛选此文件夹</translation>
        </message>
        <message>
            <source>Filter</source>
            <translation>筛选</translation>
        </message>
        <message>
            <source>Upload</source>
            <translation>上传</translation>
        </message>
        <message>
            <source>Files…</source>
            <translation>文件…</translation>
        </message>
        <message>
            <source>A folder…</source>
            <translation>文件夹…</translation>
        </message>
        <message>
            <source>Download…</source>
            <translation>下载…</translation>
        </message>
        <message>
            <source>New folder…</source>
            <translation>新建文件夹…</translation>
        </message>
        <message>
            <source>New text file…</source>
            <translation>新建文本文件…</translation>
        </message>
        <message>
            <source>Delete…</source>
            <translation>删除…</translation>
        </message>
        <message>
            <source>Hidden files</source>
            <translation>隐藏文件</translation>
        </message>
        <message>
            <source>Back to the fleet</source>
            <translation>返回集群</translation>
        </message>
        <message>
            <source>This server is not in the list</source>
            <translation>此服务器不在列表中</translation>
        </message>
        <message>
            <source>It may have been removed. Its files are as they were.</source>
            <translation>它可能已被移除。其中的文件保持原样。</translation>
        </message>
        <message>
            <source>reading…</source>
            <translation>正在读取…</translation>
        </message>
        <message>
            <source>reading, {done} of {total}…</source>
            <translation>正在读取，{done} / {total}…</translation>
        </message>
        <message>
            <source>{count} of {shown} selected</source>
            <translation>已选 {count} / {shown}</translation>
        </message>
        <message>
            <source>the first {count}; there are more</source>
            <translation>仅列出前 {count} 项；还有更多</translation>
        </message>
        <message>
            <source>1 entry</source>
            <translation>1 项</translation>
        </message>
        <message>
            <source>{count} entries</source>
            <translation>{count} 项</translation>
        </message>
        <message>
            <source>{shown} of {held} fit</source>
            <translation>{held} 项中有 {shown} 项符合</translation>
        </message>
        <message>
            <source>{shown} shown, {hidden} hidden</source>
            <translation>显示 {shown} 项，隐藏 {hidden} 项</translation>
        </message>
        <message>
            <source>Nothing here fits the filter, or all of it is hidden.</source>
            <translation>没有符合筛选的项，或全部为隐藏项。</translation>
        </message>
        <message>
            <source>This folder is empty. Drop files here to upload them.</source>
            <translation>此文件夹是空的。将文件拖放到此处即可上传。</translation>
        </message>
    </context>
    <context>
        <name>FindGpusSheet</name>
        <message>
            <source>Find free GPUs</source>
            <translation>查找空闲 GPU</translation>
        </message>
        <message>
            <source>GPUs on one server</source>
            <translation>同一服务器上的 GPU 数</translation>
        </message>
        <message>
            <source>Free memory of each, GiB</source>
            <translation>每个的空闲显存（GiB）</translation>
        </message>
        <message>
            <source>Filter</source>
            <translation>筛选</translation>
        </message>
        <message>
            <source>Also those that somebody uses, where the memory is free</source>
            <translation>也包括有人使用但显存空闲的</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>关闭</translation>
        </message>
        <message>
            <source>A number from 1 to 128.</source>
            <translation>1 到 128 之间的数字。</translation>
        </message>
        <message>
            <source>A number of GiB.</source>
            <translation>以 GiB 为单位的数字。</translation>
        </message>
        <message>
            <source>{count} of {all} servers have them now, the closest fit first.</source>
            <translation>{all} 台服务器中有 {count} 台现在满足，最贴合的在前。</translation>
        </message>
        <message>
            <source>No server has them now.</source>
            <translation>现在没有服务器满足。</translation>
        </message>
        <message>
            <source>{count} servers are not heard and do not count.</source>
            <translation>{count} 台服务器没有消息，不计入。</translation>
        </message>
    </context>
    <context>
        <name>FindingsSheet</name>
        <message>
            <source>looking…</source>
            <translation>正在查看…</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>关闭</translation>
        </message>
        <message>
            <source>Revoke {name}</source>
            <translation>撤销 {name}</translation>
        </message>
        <message>
            <source>Approve {name} as it is now</source>
            <translation>按现状批准 {name}</translation>
        </message>
        <message>
            <source>Done; it counts from the next start on</source>
            <translation>完成；下次启动时生效</translation>
        </message>
        <message>
            <source>Check of this installation</source>
            <translation>检查本机安装</translation>
        </message>
        <message>
            <source>Plugins</source>
            <translation>插件</translation>
        </message>
        <message>
            <source>One from elsewhere runs only after you approved what its folder holds.</source>
            <translation>第三方插件只有在您认可其文件夹内容之后才会运行。</translation>
        </message>
    </context>
    <context>
        <name>Fleet</name>
        <message>
            <source>Servers</source>
            <translation>服务器</translation>
        </message>
        <message>
            <source>Accelerators</source>
            <translation>加速器</translation>
        </message>
        <message>
            <source>Memory</source>
            <translation>内存</translation>
        </message>
        <message>
            <source>Power</source>
            <translation>功率</translation>
        </message>
        <message>
            <source>Cost now</source>
            <translation>当前费用</translation>
        </message>
        <message>
            <source>Click: who holds idle accelerators</source>
            <translation>点击：谁占用着空闲的加速器</translation>
        </message>
        <message>
            <source>Alerts</source>
            <translation>告警</translation>
        </message>
        <message>
            <source>of {limit} limit</source>
            <translation>上限 {limit}</translation>
        </message>
        <message>
            <source>{count} critical</source>
            <translation>{count} 个严重</translation>
        </message>
        <message>
            <source>{count} silenced</source>
            <translation>{count} 个已静默</translation>
        </message>
        <message>
            <source>{count} not heard for {age}</source>
            <translation>{count} 个已 {age} 无数据</translation>
        </message>
        <message>
            <source>{count} not heard yet</source>
            <translation>{count} 个尚无数据</translation>
        </message>
        <message>
            <source>all heard</source>
            <translation>全部有消息</translation>
        </message>
        <message>
            <source>no server has a price</source>
            <translation>没有服务器设置价格</translation>
        </message>
        <message>
            <source>{count} servers without a price</source>
            <translation>{count} 台服务器没有价格</translation>
        </message>
        <message>
            <source>{count} busy</source>
            <translation>{count} 忙碌</translation>
        </message>
        <message>
            <source>{count} idle</source>
            <translation>{count} 空闲</translation>
        </message>
        <message>
            <source>{count} lost</source>
            <translation>{count} 丢失</translation>
        </message>
        <message>
            <source>{count} unknown</source>
            <translation>{count} 未知</translation>
        </message>
        <message>
            <source>{count} simulated</source>
            <translation>{count} 模拟</translation>
        </message>
        <message>
            <source>{percent} % used</source>
            <translation>已用 {percent} %</translation>
        </message>
        <message>
            <source>Server</source>
            <translation>服务器</translation>
        </message>
        <message>
            <source>Role</source>
            <translation>角色</translation>
        </message>
        <message>
            <source>GPUs</source>
            <translation>GPU</translation>
        </message>
        <message>
            <source>Util</source>
            <translation>利用率</translation>
        </message>
        <message>
            <source>15 min</source>
            <translation>15 分钟</translation>
        </message>
        <message>
            <source>Temp</source>
            <translation>温度</translation>
        </message>
        <message>
            <source>Who</source>
            <translation>谁</translation>
        </message>
        <message>
            <source>State</source>
            <translation>状态</translation>
        </message>
        <message>
            <source>Last word</source>
            <translation>最后消息</translation>
        </message>
        <message>
            <source>on</source>
            <translation>开</translation>
        </message>
        <message>
            <source>off</source>
            <translation>关</translation>
        </message>
        <message>
            <source>ECC uncorrected</source>
            <translation>ECC 未纠正</translation>
        </message>
        <message>
            <source>Throttle</source>
            <translation>降频</translation>
        </message>
        <message>
            <source>none</source>
            <translation>无</translation>
        </message>
        <message>
            <source>Trouble</source>
            <translation>问题</translation>
        </message>
        <message>
            <source>SM clock</source>
            <translation>SM 时钟</translation>
        </message>
        <message>
            <source>Fan</source>
            <translation>风扇</translation>
        </message>
        <message>
            <source>MIG</source>
            <translation>MIG</translation>
        </message>
        <message>
            <source>Address</source>
            <translation>地址</translation>
        </message>
        <message>
            <source>Through</source>
            <translation>经由</translation>
        </message>
        <message>
            <source>System</source>
            <translation>系统</translation>
        </message>
        <message>
            <source>Kernel</source>
            <translation>内核</translation>
        </message>
        <message>
            <source>Python</source>
            <translation>Python</translation>
        </message>
        <message>
            <source>none, read by shell</source>
            <translation>无，由 shell 读取</translation>
        </message>
        <message>
            <source>Latency</source>
            <translation>延迟</translation>
        </message>
        <message>
            <source>Data age</source>
            <translation>数据时效</translation>
        </message>
        <message>
            <source>CPU cores</source>
            <translation>CPU 核心</translation>
        </message>
        <message>
            <source>Up for</source>
            <translation>已运行</translation>
        </message>
        <message>
            <source>Labels</source>
            <translation>标签</translation>
        </message>
        <message>
            <source>Details</source>
            <translation>详情</translation>
        </message>
        <message>
            <source>not heard</source>
            <translation>无数据</translation>
        </message>
        <message>
            <source>lost</source>
            <translation>丢失</translation>
        </message>
        <message>
            <source>critical</source>
            <translation>严重</translation>
        </message>
        <message>
            <source>selected</source>
            <translation>已选中</translation>
        </message>
        <message>
            <source>0 – 100 % of its limit</source>
            <translation>0 – 100 %（占功率上限）</translation>
        </message>
        <message>
            <source>ok</source>
            <translation>正常</translation>
        </message>
        <message>
            <source>warning</source>
            <translation>警告</translation>
        </message>
        <message>
            <source>role</source>
            <translation>角色</translation>
        </message>
        <message>
            <source>TRAINING</source>
            <translation>训练</translation>
        </message>
        <message>
            <source>INFERENCE</source>
            <translation>推理</translation>
        </message>
        <message>
            <source>without {label}</source>
            <translation>无 {label}</translation>
        </message>
        <message>
            <source>1 server</source>
            <translation>1 台服务器</translation>
        </message>
        <message>
            <source>{count} servers</source>
            <translation>{count} 台服务器</translation>
        </message>
        <message>
            <source>1 accelerator</source>
            <translation>1 个加速器</translation>
        </message>
        <message>
            <source>{count} accelerators</source>
            <translation>{count} 个加速器</translation>
        </message>
        <message>
            <source>Utilization</source>
            <translation>利用率</translation>
        </message>
        <message>
            <source>Temperature</source>
            <translation>温度</translation>
        </message>
        <message>
            <source>Health</source>
            <translation>健康</translation>
        </message>
        <message>
            <source>{count} of {all}</source>
            <translation>{count} / {all}</translation>
        </message>
        <message>
            <source>not heard yet</source>
            <translation>尚无数据</translation>
        </message>
        <message>
            <source>last heard {age} ago</source>
            <translation>最近回应于{age}前</translation>
        </message>
        <message>
            <source>waits for your answer</source>
            <translation>等待您回答</translation>
        </message>
        <message>
            <source>drained</source>
            <translation>已排空</translation>
        </message>
        <message>
            <source>ok, by {source}</source>
            <translation>正常，来自 {source}</translation>
        </message>
        <message>
            <source>host key not trusted yet</source>
            <translation>主机密钥尚未信任</translation>
        </message>
        <message>
            <source>host key changed</source>
            <translation>主机密钥已改变</translation>
        </message>
        <message>
            <source>host key revoked</source>
            <translation>主机密钥已吊销</translation>
        </message>
        <message>
            <source>login refused</source>
            <translation>登录被拒绝</translation>
        </message>
        <message>
            <source>refused</source>
            <translation>被拒绝</translation>
        </message>
        <message>
            <source>GPU {index} lost</source>
            <translation>GPU {index} 丢失</translation>
        </message>
        <message>
            <source>GPU {index}: {count} ECC errors</source>
            <translation>GPU {index}：{count} 个 ECC 错误</translation>
        </message>
        <message>
            <source>GPU {index}: {reason}</source>
            <translation>GPU {index}：{reason}</translation>
        </message>
        <message>
            <source>GPU {index} idle, memory held</source>
            <translation>GPU {index} 空闲但占用显存</translation>
        </message>
        <message>
            <source>busy</source>
            <translation>忙碌</translation>
        </message>
        <message>
            <source>idle</source>
            <translation>空闲</translation>
        </message>
        <message>
            <source>{name} (simulated)</source>
            <translation>{name}（模拟）</translation>
        </message>
        <message>
            <source>{util} used · {memory}</source>
            <translation>利用率 {util} · {memory}</translation>
        </message>
    </context>
    <context>
        <name>FleetInspector</name>
        <message>
            <source>Open server</source>
            <translation>打开服务器</translation>
        </message>
        <message>
            <source>More</source>
            <translation>更多</translation>
        </message>
        <message>
            <source>Nothing selected</source>
            <translation>未选中任何项</translation>
        </message>
        <message>
            <source>Choose a tile or a server to see its curves.</source>
            <translation>选择一个方块或服务器以查看曲线。</translation>
        </message>
    </context>
    <context>
        <name>FleetPage</name>
        <message>
            <source>Add server…</source>
            <translation>添加服务器…</translation>
        </message>
        <message>
            <source>Import from ssh_config…</source>
            <translation>从 ssh_config 导入…</translation>
        </message>
        <message>
            <source>No servers yet</source>
            <translation>还没有服务器</translation>
        </message>
        <message>
            <source>Every accelerator of your servers will be here: who holds it, how busy it is, what is sick and what idles. Watching is read-only and installs nothing on a server.</source>
            <translation>这里将显示您服务器上的每个加速器：谁在使用、有多忙、哪些异常、哪些空闲。监视是只读的，不会在服务器上安装任何东西。</translation>
        </message>
    </context>
    <context>
        <name>ForeignSheet</name>
        <message>
            <source>Slurm {job}</source>
            <translation>Slurm {job}</translation>
        </message>
        <message>
            <source>Work from elsewhere</source>
            <translation>外来作业</translation>
        </message>
        <message>
            <source>Processes on accelerators that are no jobs of Tandem. One that is adopted is watched from then on; it goes on as it is.</source>
            <translation>加速器上不属于 Tandem 作业的进程。接管后从那时起被监视；它本身照常运行。</translation>
        </message>
        <message>
            <source>looking…</source>
            <translation>正在查看…</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>关闭</translation>
        </message>
        <message>
            <source>Adopt…</source>
            <translation>接管…</translation>
        </message>
        <message>
            <source>Server</source>
            <translation>服务器</translation>
        </message>
        <message>
            <source>PID</source>
            <translation>PID</translation>
        </message>
        <message>
            <source>User</source>
            <translation>用户</translation>
        </message>
        <message>
            <source>Since</source>
            <translation>自</translation>
        </message>
        <message>
            <source>Container</source>
            <translation>容器</translation>
        </message>
        <message>
            <source>GPUs</source>
            <translation>GPU</translation>
        </message>
        <message>
            <source>Memory</source>
            <translation>内存</translation>
        </message>
        <message>
            <source>Command</source>
            <translation>命令</translation>
        </message>
        <message>
            <source>Nothing from elsewhere.</source>
            <translation>没有外来的进程。</translation>
        </message>
        <message>
            <source>Not asked: {servers}.</source>
            <translation>未能询问：{servers}。</translation>
        </message>
    </context>
    <context>
        <name>FormSheet</name>
        <message>
            <source>for example {text}</source>
            <translation>例如 {text}</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <source>A whole number between {low} and {high}.</source>
            <translation>{low} 到 {high} 之间的整数。</translation>
        </message>
    </context>
    <context>
        <name>ForwardRow</name>
        <message>
            <source>Copy the address of {name}</source>
            <translation>复制 {name} 的地址</translation>
        </message>
        <message>
            <source>Retry {name}</source>
            <translation>重试 {name}</translation>
        </message>
        <message>
            <source>Close {name}</source>
            <translation>关闭 {name}</translation>
        </message>
    </context>
    <context>
        <name>ForwardsSheet</name>
        <message>
            <source>Forwards to {server}</source>
            <translation>到 {server} 的端口转发</translation>
        </message>
        <message>
            <source>A port of this machine that leads, encrypted, to a port that the server reaches. It comes back by itself, and ends with the window.</source>
            <translation>本机的一个端口，经加密通往服务器能访问的端口。断开后会自动恢复，关闭窗口时结束。</translation>
        </message>
        <message>
            <source>Open forward</source>
            <translation>打开转发</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>关闭</translation>
        </message>
        <message>
            <source>a free one</source>
            <translation>任一空闲端口</translation>
        </message>
        <message>
            <source>Port on the server</source>
            <translation>服务器端口</translation>
        </message>
        <message>
            <source>Host as the server sees it</source>
            <translation>主机（从服务器看）</translation>
        </message>
        <message>
            <source>Port here</source>
            <translation>本机端口</translation>
        </message>
    </context>
    <context>
        <name>GpuMenu</name>
        <message>
            <source>Switch persistence mode off</source>
            <translation>关闭持久模式</translation>
        </message>
        <message>
            <source>Switch persistence mode on</source>
            <translation>开启持久模式</translation>
        </message>
        <message>
            <source>Set power limit…</source>
            <translation>设置功率上限…</translation>
        </message>
        <message>
            <source>Reset GPU…</source>
            <translation>重置 GPU…</translation>
        </message>
        <message>
            <source>{act} (not switched on)</source>
            <translation>{act}（未启用）</translation>
        </message>
        <message>
            <source>Privileges…</source>
            <translation>特权操作…</translation>
        </message>
        <message>
            <source>Copy UUID</source>
            <translation>复制 UUID</translation>
        </message>
    </context>
    <context>
        <name>HelpSheet</name>
        <message>
            <source>Help</source>
            <translation>帮助</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>关闭</translation>
        </message>
    </context>
    <context>
        <name>HostPanel</name>
        <message>
            <source>Disks</source>
            <translation>磁盘</translation>
        </message>
        <message>
            <source>Network interfaces</source>
            <translation>网络接口</translation>
        </message>
        <message>
            <source>Temperatures</source>
            <translation>温度</translation>
        </message>
        <message>
            <source>Inside limits</source>
            <translation>受限额约束</translation>
        </message>
        <message>
            <source>Processor cores</source>
            <translation>处理器核心</translation>
        </message>
        <message>
            <source>Pressure</source>
            <translation>压力</translation>
        </message>
        <message>
            <source>Share of the time in which tasks had to wait: some of them, or all that could run. Known from Linux 4.20 on, where the kernel was built to measure it.</source>
            <translation>任务不得不等待的时间占比：部分任务，或所有可运行的任务。需 Linux 4.20 及以上且内核启用了该测量。</translation>
        </message>
        <message>
            <source>for a processor</source>
            <translation>等待处理器</translation>
        </message>
        <message>
            <source>for memory</source>
            <translation>等待内存</translation>
        </message>
        <message>
            <source>for disks</source>
            <translation>等待磁盘</translation>
        </message>
        <message>
            <source>None is known.</source>
            <translation>没有已知的。</translation>
        </message>
        <message>
            <source>Inside a container ({runtime})</source>
            <translation>在容器中（{runtime}）</translation>
        </message>
        <message>
            <source>some {some}  all {all}</source>
            <translation>部分 {some}  全部 {all}</translation>
        </message>
    </context>
    <context>
        <name>HowTo</name>
        <message>
            <source>No metrics</source>
            <translation>没有指标</translation>
        </message>
        <message>
            <source>TensorBoard event files and a metrics.csv in the job's folder are found by themselves. Or let the job write lines of JSON:</source>
            <translation>作业文件夹中的 TensorBoard 事件文件和 metrics.csv 会自动找到。也可以让作业写入 JSON 行:</translation>
        </message>
        <message>
            <source>Copy</source>
            <translation>复制</translation>
        </message>
        <message>
            <source>tandem_metrics, on the job's path, does more: see the help.</source>
            <translation>作业路径上的 tandem_metrics 功能更多:见帮助。</translation>
        </message>
    </context>
    <context>
        <name>Idle</name>
        <message>
            <source>idle</source>
            <translation>空闲</translation>
        </message>
        <message>
            <source>unknown: divided (MIG)</source>
            <translation>未知：已切分 (MIG)</translation>
        </message>
        <message>
            <source>unknown: not told</source>
            <translation>未知：没有给出</translation>
        </message>
        <message>
            <source>unknown: not watched long enough</source>
            <translation>未知：监视时间不够长</translation>
        </message>
        <message>
            <source>State</source>
            <translation>状态</translation>
        </message>
        <message>
            <source>Server</source>
            <translation>服务器</translation>
        </message>
        <message>
            <source>GPU</source>
            <translation>GPU</translation>
        </message>
        <message>
            <source>User</source>
            <translation>用户</translation>
        </message>
        <message>
            <source>Job</source>
            <translation>作业</translation>
        </message>
        <message>
            <source>Memory held</source>
            <translation>占用显存</translation>
        </message>
        <message>
            <source>Unused for</source>
            <translation>未使用时长</translation>
        </message>
        <message>
            <source>Since</source>
            <translation>自</translation>
        </message>
        <message>
            <source>Mean</source>
            <translation>均值</translation>
        </message>
        <message>
            <source>Peak</source>
            <translation>峰值</translation>
        </message>
        <message>
            <source>PID</source>
            <translation>PID</translation>
        </message>
        <message>
            <source>Command</source>
            <translation>命令</translation>
        </message>
        <message>
            <source>a job of Tandem's</source>
            <translation>Tandem 的作业</translation>
        </message>
        <message>
            <source>processes of the past are not kept</source>
            <translation>不保存过去的进程</translation>
        </message>
        <message>
            <source>no process is named for it</source>
            <translation>没有列出占用它的进程</translation>
        </message>
        <message>
            <source>Who</source>
            <translation>谁</translation>
        </message>
        <message>
            <source>Accelerators</source>
            <translation>加速器</translation>
        </message>
        <message>
            <source>Longest</source>
            <translation>最长</translation>
        </message>
        <message>
            <source>Together</source>
            <translation>合计</translation>
        </message>
    </context>
    <context>
        <name>IdlePage</name>
        <message>
            <source>Idle holders</source>
            <translation>空闲占用者</translation>
        </message>
        <message>
            <source>now</source>
            <translation>现在</translation>
        </message>
        <message>
            <source>in the time range</source>
            <translation>时间范围内</translation>
        </message>
        <message>
            <source>When</source>
            <translation>时间</translation>
        </message>
        <message>
            <source>Idle below</source>
            <translation>空闲阈值</translation>
        </message>
        <message>
            <source>for at least</source>
            <translation>至少持续</translation>
        </message>
        <message>
            <source>Who</source>
            <translation>谁</translation>
        </message>
        <message>
            <source>each</source>
            <translation>逐条</translation>
        </message>
        <message>
            <source>by user</source>
            <translation>按用户</translation>
        </message>
        <message>
            <source>by server</source>
            <translation>按服务器</translation>
        </message>
        <message>
            <source>by job</source>
            <translation>按作业</translation>
        </message>
        <message>
            <source>by label</source>
            <translation>按标签</translation>
        </message>
        <message>
            <source>Add up</source>
            <translation>汇总</translation>
        </message>
        <message>
            <source>Filter</source>
            <translation>筛选</translation>
        </message>
        <message>
            <source>user, server, command</source>
            <translation>用户、服务器、命令</translation>
        </message>
        <message>
            <source>Nobody keeps memory of idle accelerators on the servers that are heard.</source>
            <translation>在有回应的服务器上，没有人占用空闲加速器的显存。</translation>
        </message>
        <message>
            <source>Idle holders added up</source>
            <translation>空闲占用者汇总</translation>
        </message>
        <message>
            <source>judged {age} ago</source>
            <translation>{age}前判定</translation>
        </message>
        <message>
            <source>nobody</source>
            <translation>没有</translation>
        </message>
        <message>
            <source>{gpus} accelerators, {memory}, {users} accounts</source>
            <translation>{gpus} 个加速器，{memory}，{users} 个账户</translation>
        </message>
        <message>
            <source>{gpus} accelerators, {memory}</source>
            <translation>{gpus} 个加速器，{memory}</translation>
        </message>
        <message>
            <source>of {count} accelerators it is not known</source>
            <translation>{count} 个加速器情况未知</translation>
        </message>
        <message>
            <source>{count} servers are not heard and left out</source>
            <translation>{count} 台服务器没有回应，未计入</translation>
        </message>
        <message>
            <source>Open server</source>
            <translation>打开服务器</translation>
        </message>
        <message>
            <source>Copy as text</source>
            <translation>复制为文本</translation>
        </message>
        <message>
            <source>Only those of {user}</source>
            <translation>只看 {user} 的</translation>
        </message>
    </context>
    <context>
        <name>ImportSheet</name>
        <message>
            <source>Import from ssh_config</source>
            <translation>从 ssh_config 导入</translation>
        </message>
        <message>
            <source>Hosts stay as ssh_config says; importing and watching only read.</source>
            <translation>主机仍以 ssh_config 为准；导入和监视都只读取。</translation>
        </message>
        <message>
            <source>File</source>
            <translation>文件</translation>
        </message>
        <message>
            <source>Only names like</source>
            <translation>仅限名称</translation>
        </message>
        <message>
            <source>Patterns with * and ?, spaces between them.</source>
            <translation>可用 * 和 ?，用空格分隔。</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <source>Import</source>
            <translation>导入</translation>
        </message>
        <message>
            <source>{count} to import, {known} already here</source>
            <translation>将导入 {count} 个，已有 {known} 个</translation>
        </message>
        <message>
            <source>No host fits.</source>
            <translation>没有符合的主机。</translation>
        </message>
        <message>
            <source>{count} servers imported; they are being connected.</source>
            <translation>已导入 {count} 台服务器，正在连接。</translation>
        </message>
    </context>
    <context>
        <name>Inspector</name>
        <message>
            <source>Close details</source>
            <translation>关闭详情</translation>
        </message>
    </context>
    <context>
        <name>IntoFolderSheet</name>
        <message>
            <source>Fetch</source>
            <translation>获取</translation>
        </message>
        <message>
            <source>Folder</source>
            <translation>文件夹</translation>
        </message>
        <message>
            <source>Enter a folder.</source>
            <translation>请输入文件夹。</translation>
        </message>
    </context>
    <context>
        <name>Job</name>
        <message>
            <source>1 GPU</source>
            <translation>1 个 GPU</translation>
        </message>
        <message>
            <source>{count} GPUs</source>
            <translation>{count} 个 GPU</translation>
        </message>
        <message>
            <source>by {who}</source>
            <translation>由 {who}</translation>
        </message>
        <message>
            <source>submitted {moment}</source>
            <translation>提交于 {moment}</translation>
        </message>
        <message>
            <source>started {moment}</source>
            <translation>开始于 {moment}</translation>
        </message>
        <message>
            <source>took {span}</source>
            <translation>耗时 {span}</translation>
        </message>
        <message>
            <source>{span} so far</source>
            <translation>至今 {span}</translation>
        </message>
        <message>
            <source>epoch {number}</source>
            <translation>第 {number} 轮</translation>
        </message>
        <message>
            <source>step {number}</source>
            <translation>第 {number} 步</translation>
        </message>
        <message>
            <source>peak {size}</source>
            <translation>峰值 {size}</translation>
        </message>
        <message>
            <source>its server is not heard: shown as it was last known</source>
            <translation>其服务器无数据：显示最后已知状态</translation>
        </message>
        <message>
            <source>attempt {number}</source>
            <translation>第 {number} 次尝试</translation>
        </message>
        <message>
            <source>id</source>
            <translation>ID</translation>
        </message>
        <message>
            <source>command</source>
            <translation>命令</translation>
        </message>
        <message>
            <source>recipe</source>
            <translation>配方</translation>
        </message>
        <message>
            <source>folder</source>
            <translation>文件夹</translation>
        </message>
        <message>
            <source>Python</source>
            <translation>Python</translation>
        </message>
        <message>
            <source>secrets</source>
            <translation>机密</translation>
        </message>
        <message>
            <source>GPUs</source>
            <translation>GPU</translation>
        </message>
        <message>
            <source>accelerators</source>
            <translation>加速器</translation>
        </message>
        <message>
            <source>tags</source>
            <translation>标签</translation>
        </message>
        <message>
            <source>systemd</source>
            <translation>systemd</translation>
        </message>
        <message>
            <source>checkpoint</source>
            <translation>检查点</translation>
        </message>
        <message>
            <source>note</source>
            <translation>备注</translation>
        </message>
        <message>
            <source>log</source>
            <translation>日志</translation>
        </message>
    </context>
    <context>
        <name>JobCharts</name>
        <message>
            <source>GPU utilization</source>
            <translation>GPU 利用率</translation>
        </message>
        <message>
            <source>GPU utilization, {count} GPUs</source>
            <translation>GPU 利用率，{count} 个 GPU</translation>
        </message>
        <message>
            <source>no number</source>
            <translation>非数字</translation>
        </message>
        <message>
            <source>{metric} is no number any more since {place}</source>
            <translation>{metric} 自 {place} 起不再是数字</translation>
        </message>
        <message>
            <source>damaged records, left out: {count}</source>
            <translation>已略去损坏的记录:{count}</translation>
        </message>
        <message>
            <source>not above 0, left out: {count}</source>
            <translation>已略去不大于 0 的值:{count}</translation>
        </message>
        <message>
            <source>without a time, left out: {count}</source>
            <translation>已略去没有时间的点:{count}</translation>
        </message>
        <message>
            <source>done again after a restart: {count}</source>
            <translation>重启后重做的点:{count}</translation>
        </message>
        <message>
            <source>{size} still to be read</source>
            <translation>还有 {size} 待读取</translation>
        </message>
        <message>
            <source>more metrics, by search: {count}</source>
            <translation>更多指标请搜索:{count}</translation>
        </message>
        <message>
            <source>curves thinned, extremes kept: {count}</source>
            <translation>已抽稀(保留极值)的曲线:{count}</translation>
        </message>
        <message>
            <source>not all files are read: name them with --metrics</source>
            <translation>并非所有文件都已读取:请用 --metrics 指定</translation>
        </message>
    </context>
    <context>
        <name>JobHeader</name>
        <message>
            <source>Clone and edit…</source>
            <translation>克隆并编辑…</translation>
        </message>
        <message>
            <source>Fetch outputs…</source>
            <translation>取回输出…</translation>
        </message>
        <message>
            <source>Register model…</source>
            <translation>登记模型…</translation>
        </message>
        <message>
            <source>Checkpoint and stop…</source>
            <translation>存检查点并停止…</translation>
        </message>
        <message>
            <source>Cancel…</source>
            <translation>取消…</translation>
        </message>
    </context>
    <context>
        <name>JobInspector</name>
        <message>
            <source>Selected job</source>
            <translation>选中的作业</translation>
        </message>
        <message>
            <source>End of the log</source>
            <translation>日志末尾</translation>
        </message>
        <message>
            <source>Open job</source>
            <translation>打开作业</translation>
        </message>
        <message>
            <source>Cancel…</source>
            <translation>取消…</translation>
        </message>
        <message>
            <source>No job selected</source>
            <translation>未选中作业</translation>
        </message>
        <message>
            <source>Select a job to see its facts and the end of its log.</source>
            <translation>选择一个作业以查看其信息和日志末尾。</translation>
        </message>
        <message>
            <source>Server</source>
            <translation>服务器</translation>
        </message>
        <message>
            <source>Command</source>
            <translation>命令</translation>
        </message>
        <message>
            <source>GPUs</source>
            <translation>GPU</translation>
        </message>
        <message>
            <source>Submitted</source>
            <translation>提交时间</translation>
        </message>
        <message>
            <source>By</source>
            <translation>操作者</translation>
        </message>
        <message>
            <source>Took</source>
            <translation>耗时</translation>
        </message>
        <message>
            <source>Result</source>
            <translation>结果</translation>
        </message>
        <message>
            <source>Used</source>
            <translation>使用率</translation>
        </message>
        <message>
            <source>Tags</source>
            <translation>标签</translation>
        </message>
        <message>
            <source>Note</source>
            <translation>备注</translation>
        </message>
        <message>
            <source>Peak memory</source>
            <translation>内存峰值</translation>
        </message>
        <message>
            <source>Nothing was written yet.</source>
            <translation>尚未写入任何内容。</translation>
        </message>
    </context>
    <context>
        <name>JobPage</name>
        <message>
            <source>Log</source>
            <translation>日志</translation>
        </message>
        <message>
            <source>Specification</source>
            <translation>规格</translation>
        </message>
        <message>
            <source>Results</source>
            <translation>结果</translation>
        </message>
        <message>
            <source>not started yet</source>
            <translation>尚未开始</translation>
        </message>
        <message>
            <source>nothing was written</source>
            <translation>未写入任何内容</translation>
        </message>
        <message>
            <source>nothing written yet</source>
            <translation>尚未写入</translation>
        </message>
        <message>
            <source>{size}, ended</source>
            <translation>{size}，已结束</translation>
        </message>
        <message>
            <source>{size}</source>
            <translation>{size}</translation>
        </message>
        <message>
            <source>Checkpoint and stop…</source>
            <translation>存检查点并停止…</translation>
        </message>
        <message>
            <source>Compare runs…</source>
            <translation>比较运行…</translation>
        </message>
        <message>
            <source>Export charts as a picture…</source>
            <translation>将图表导出为图片…</translation>
        </message>
        <message>
            <source>Export values of the charts…</source>
            <translation>导出图表数值…</translation>
        </message>
        <message>
            <source>View a file of the code</source>
            <translation>查看代码中的一个文件</translation>
        </message>
        <message>
            <source>Fetch code…</source>
            <translation>取回代码…</translation>
        </message>
    </context>
    <context>
        <name>Jobs</name>
        <message>
            <source>Open</source>
            <translation>打开</translation>
        </message>
        <message>
            <source>Cancel…</source>
            <translation>取消…</translation>
        </message>
        <message>
            <source>Run the same again…</source>
            <translation>原样再运行…</translation>
        </message>
        <message>
            <source>Note and tags…</source>
            <translation>备注和标签…</translation>
        </message>
        <message>
            <source>Compare with the run before</source>
            <translation>与上一次运行比较</translation>
        </message>
        <message>
            <source>Clone and edit…</source>
            <translation>克隆并编辑…</translation>
        </message>
        <message>
            <source>Checkpoint and stop…</source>
            <translation>存检查点并停止…</translation>
        </message>
        <message>
            <source>Fetch outputs…</source>
            <translation>取回输出…</translation>
        </message>
        <message>
            <source>Fetch code…</source>
            <translation>取回代码…</translation>
        </message>
        <message>
            <source>Register model…</source>
            <translation>登记模型…</translation>
        </message>
        <message>
            <source>Compare these two</source>
            <translation>比较这两个</translation>
        </message>
        <message>
            <source>Copy id</source>
            <translation>复制 ID</translation>
        </message>
        <message>
            <source>Copy command</source>
            <translation>复制命令</translation>
        </message>
        <message>
            <source>{state}, not heard</source>
            <translation>{state}，无数据</translation>
        </message>
        <message>
            <source>Name</source>
            <translation>名称</translation>
        </message>
        <message>
            <source>State</source>
            <translation>状态</translation>
        </message>
        <message>
            <source>Job</source>
            <translation>作业</translation>
        </message>
        <message>
            <source>Server</source>
            <translation>服务器</translation>
        </message>
        <message>
            <source>GPUs</source>
            <translation>GPU</translation>
        </message>
        <message>
            <source>Submitted</source>
            <translation>提交时间</translation>
        </message>
        <message>
            <source>Took</source>
            <translation>耗时</translation>
        </message>
        <message>
            <source>GPU use</source>
            <translation>GPU 使用率</translation>
        </message>
        <message>
            <source>Result</source>
            <translation>结果</translation>
        </message>
        <message>
            <source>Who</source>
            <translation>谁</translation>
        </message>
        <message>
            <source>signal {name}</source>
            <translation>信号 {name}</translation>
        </message>
        <message>
            <source>exit code {code}</source>
            <translation>退出码 {code}</translation>
        </message>
        <message>
            <source>{hours} GPU-h</source>
            <translation>{hours} GPU 小时</translation>
        </message>
        <message>
            <source>{seconds} GPU-s</source>
            <translation>{seconds} GPU 秒</translation>
        </message>
    </context>
    <context>
        <name>JobsPage</name>
        <message>
            <source>Jobs</source>
            <translation>作业</translation>
        </message>
        <message>
            <source>No job fits the search and the state chosen.</source>
            <translation>没有符合搜索和所选状态的作业。</translation>
        </message>
        <message>
            <source>States shown</source>
            <translation>显示的状态</translation>
        </message>
        <message>
            <source>All</source>
            <translation>全部</translation>
        </message>
        <message>
            <source>Active</source>
            <translation>进行中</translation>
        </message>
        <message>
            <source>Failed</source>
            <translation>失败</translation>
        </message>
        <message>
            <source>Ended well</source>
            <translation>正常结束</translation>
        </message>
        <message>
            <source>Search in jobs</source>
            <translation>在作业中搜索</translation>
        </message>
        <message>
            <source>Words, user:… server:… tag:… since:7d</source>
            <translation>词语，user:… server:… tag:… since:7d</translation>
        </message>
        <message>
            <source>{shown} of {count}</source>
            <translation>{count} 个中的 {shown} 个</translation>
        </message>
        <message>
            <source>not understood: {words}</source>
            <translation>无法理解：{words}</translation>
        </message>
        <message>
            <source>Submit job…</source>
            <translation>提交作业…</translation>
        </message>
        <message>
            <source>No jobs yet</source>
            <translation>还没有作业</translation>
        </message>
        <message>
            <source>Jobs run on a server and go on when this window is closed. Each one with its state, log and metrics will be listed here.</source>
            <translation>作业在服务器上运行，关闭此窗口后继续。这里将列出每个作业的状态、日志和指标。</translation>
        </message>
        <message>
            <source>{count} servers not heard</source>
            <translation>{count} 台服务器无数据</translation>
        </message>
    </context>
    <context>
        <name>JudgedBanner</name>
        <message>
            <source>Files of the alert board that cannot be read: {count}</source>
            <translation>告警文件夹中无法读取的文件：{count}</translation>
        </message>
        <message>
            <source>Nobody has judged the rules yet: no alert can fire.</source>
            <translation>尚无人评估规则：不会触发任何告警。</translation>
        </message>
        <message>
            <source>Nobody judges the rules since {when}: what is shown is as it was then.</source>
            <translation>自 {when} 起无人评估规则：所显示的是当时的情况。</translation>
        </message>
        <message>
            <source>A window that is open judges them. So that they are judged while no window is open, run `tandem alertd --install` on a machine that stays on.</source>
            <translation>打开的窗口会评估规则。要在没有窗口时也评估，请在一台保持开机的机器上运行 `tandem alertd --install`。</translation>
        </message>
    </context>
    <context>
        <name>LimitJobsSheet</name>
        <message>
            <source>Limit jobs on {server}</source>
            <translation>限制 {server} 上的作业数</translation>
        </message>
        <message>
            <source>More jobs than that wait in its queue, also those that need no accelerator.</source>
            <translation>超出的作业在它的队列中等待，不需要加速器的也一样。</translation>
        </message>
        <message>
            <source>Set limit</source>
            <translation>设置上限</translation>
        </message>
        <message>
            <source>Jobs at once</source>
            <translation>同时运行的作业</translation>
        </message>
        <message>
            <source>0 takes the limit away.</source>
            <translation>0 表示取消上限。</translation>
        </message>
    </context>
    <context>
        <name>LinkProblem</name>
        <message>
            <source>Trust key…</source>
            <translation>信任密钥…</translation>
        </message>
        <message>
            <source>Retry</source>
            <translation>重试</translation>
        </message>
    </context>
    <context>
        <name>LogArea</name>
        <message>
            <source>line {number} of {count}: {text}</source>
            <translation>第 {number} 行，共 {count} 行：{text}</translation>
        </message>
        <message>
            <source>… {size} more in this line</source>
            <translation>… 此行还有 {size}</translation>
        </message>
        <message>
            <source>… {size} of the middle were given back: the log passed its limit</source>
            <translation>… 中间的 {size} 已被释放：日志超过了上限</translation>
        </message>
    </context>
    <context>
        <name>LogView</name>
        <message>
            <source>saving…</source>
            <translation>正在保存…</translation>
        </message>
        <message>
            <source>Save the log</source>
            <translation>保存日志</translation>
        </message>
        <message>
            <source>{size} saved</source>
            <translation>已保存 {size}</translation>
        </message>
        <message>
            <source>Only lines that match</source>
            <translation>只显示匹配的行</translation>
        </message>
        <message>
            <source>Next error	F8</source>
            <translation>下一个错误	F8</translation>
        </message>
        <message>
            <source>Previous error	Shift+F8</source>
            <translation>上一个错误	Shift+F8</translation>
        </message>
        <message>
            <source>Go to line…	Ctrl+G</source>
            <translation>转到行…	Ctrl+G</translation>
        </message>
        <message>
            <source>Copy	Ctrl+C</source>
            <translation>复制	Ctrl+C</translation>
        </message>
        <message>
            <source>Save to a file…	Ctrl+S</source>
            <translation>保存到文件…	Ctrl+S</translation>
        </message>
        <message>
            <source>counted {part} of {whole}</source>
            <translation>已计数 {part}，共 {whole}</translation>
        </message>
        <message>
            <source>no error lines</source>
            <translation>没有错误行</translation>
        </message>
        <message>
            <source>Find in {count} lines</source>
            <translation>在 {count} 行中查找</translation>
        </message>
        <message>
            <source>Find</source>
            <translation>查找</translation>
        </message>
        <message>
            <source>{at} of {count} lines</source>
            <translation>第 {at} 个，共 {count} 行</translation>
        </message>
        <message>
            <source>{count} lines</source>
            <translation>{count} 行</translation>
        </message>
        <message>
            <source>searched {part} of {whole}</source>
            <translation>已搜索 {part}，共 {whole}</translation>
        </message>
        <message>
            <source>{count} error lines</source>
            <translation>{count} 行错误</translation>
        </message>
        <message>
            <source>{count} error line</source>
            <translation>{count} 行错误</translation>
        </message>
    </context>
    <context>
        <name>Many</name>
        <message>
            <source>A quote is not closed.</source>
            <translation>引号没有闭合。</translation>
        </message>
        <message>
            <source>{names} and {count} more</source>
            <translation>{names} 以及另外 {count} 台</translation>
        </message>
        <message>
            <source>signal {number}</source>
            <translation>信号 {number}</translation>
        </message>
        <message>
            <source>exit {code}</source>
            <translation>退出码 {code}</translation>
        </message>
        <message>
            <source>failed</source>
            <translation>失败</translation>
        </message>
        <message>
            <source>time limit</source>
            <translation>超过时限</translation>
        </message>
        <message>
            <source>not reached</source>
            <translation>无法到达</translation>
        </message>
        <message>
            <source>cancelled</source>
            <translation>已取消</translation>
        </message>
        <message>
            <source>not started</source>
            <translation>未启动</translation>
        </message>
        <message>
            <source>Outcome</source>
            <translation>结果</translation>
        </message>
        <message>
            <source>Servers</source>
            <translation>服务器</translation>
        </message>
        <message>
            <source>Names</source>
            <translation>名称</translation>
        </message>
        <message>
            <source>What it said</source>
            <translation>输出内容</translation>
        </message>
    </context>
    <context>
        <name>ManyForm</name>
        <message>
            <source>Let sh read the line on each server (pipes, $VARIABLES, *)</source>
            <translation>在每台服务器上交给 sh 解读（管道、$变量、*）</translation>
        </message>
        <message>
            <source>Servers</source>
            <translation>服务器</translation>
        </message>
        <message>
            <source>Command line</source>
            <translation>命令行</translation>
        </message>
        <message>
            <source>At once</source>
            <translation>同时运行</translation>
        </message>
        <message>
            <source>Stop after failures</source>
            <translation>失败几台后停止</translation>
        </message>
        <message>
            <source>none</source>
            <translation>无</translation>
        </message>
        <message>
            <source>Seconds for each</source>
            <translation>每台限时（秒）</translation>
        </message>
        <message>
            <source>no limit</source>
            <translation>不限</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <source>Run…</source>
            <translation>运行…</translation>
        </message>
        <message>
            <source>Run</source>
            <translation>运行</translation>
        </message>
        <message>
            <source>'all', a word of a name or label, or label.KEY=VALUE, role=, name~; with &amp; | ! ( )</source>
            <translation>“all”、名称或标签中的词，或 label.KEY=VALUE、role=、name~；可用 &amp; | ! ( ) 组合</translation>
        </message>
        <message>
            <source>None of the {count} servers fits.</source>
            <translation>{count} 台服务器中没有一台符合。</translation>
        </message>
        <message>
            <source>{hit} of {count}: {names}</source>
            <translation>{count} 台中的 {hit} 台：{names}</translation>
        </message>
        <message>
            <source>Words and quotes as in a shell, but no shell reads it: signs are passed on as they are.</source>
            <translation>分词和引号规则与 shell 相同，但不经 shell 解读：符号按原样传递。</translation>
        </message>
        <message>
            <source>No shell reads it: {sign} is passed on as it stands. Tick the box if sh shall read it.</source>
            <translation>不经 shell 解读：{sign} 按原样传递。如需由 sh 解读，请勾选下面的选项。</translation>
        </message>
    </context>
    <context>
        <name>ManyPage</name>
        <message>
            <source>Nothing has run yet</source>
            <translation>尚未运行任何命令</translation>
        </message>
        <message>
            <source>Equal outputs will stand here once, with the names of the servers that said them. A plan is shown before anything runs on more than one server.</source>
            <translation>相同的输出在此只显示一次，并列出给出该输出的服务器。在多台服务器上运行之前会先显示计划。</translation>
        </message>
        <message>
            <source>Outcomes</source>
            <translation>结果</translation>
        </message>
        <message>
            <source>Export CSV…</source>
            <translation>导出 CSV…</translation>
        </message>
        <message>
            <source>Output</source>
            <translation>输出</translation>
        </message>
        <message>
            <source>{came} of {count} ended, {good} of them with 0</source>
            <translation>{count} 台中 {came} 台已结束，其中 {good} 台退出码为 0</translation>
        </message>
        <message>
            <source>{count} failed</source>
            <translation>{count} 台失败</translation>
        </message>
        <message>
            <source>{outcome} on {name}</source>
            <translation>{name}：{outcome}</translation>
        </message>
        <message>
            <source>{outcome} on {count} servers</source>
            <translation>{count} 台服务器：{outcome}</translation>
        </message>
        <message>
            <source>standard error:</source>
            <translation>标准错误：</translation>
        </message>
        <message>
            <source>the rest is left out</source>
            <translation>其余部分已省略</translation>
        </message>
        <message>
            <source>Use these servers as the filter</source>
            <translation>以这些服务器作为筛选</translation>
        </message>
        <message>
            <source>Copy names</source>
            <translation>复制名称</translation>
        </message>
        <message>
            <source>Open server</source>
            <translation>打开服务器</translation>
        </message>
        <message>
            <source>Export exit codes</source>
            <translation>导出退出码</translation>
        </message>
        <message>
            <source>{path} is written.</source>
            <translation>已写入 {path}。</translation>
        </message>
    </context>
    <context>
        <name>MapCard</name>
        <message>
            <source>What the map shows</source>
            <translation>热图内容</translation>
        </message>
        <message>
            <source>group by</source>
            <translation>分组依据</translation>
        </message>
        <message>
            <source>Group the map by</source>
            <translation>地图分组依据</translation>
        </message>
        <message>
            <source>Map of accelerators</source>
            <translation>加速器热图</translation>
        </message>
        <message>
            <source>{count} of {all} are simulated</source>
            <translation>{all} 个中有 {count} 个为模拟</translation>
        </message>
    </context>
    <context>
        <name>Menu</name>
        <message>
            <source>Go to</source>
            <translation>前往</translation>
        </message>
    </context>
    <context>
        <name>MetricBar</name>
        <message>
            <source>Search in metrics</source>
            <translation>搜索指标</translation>
        </message>
        <message>
            <source>Metric</source>
            <translation>指标</translation>
        </message>
        <message>
            <source>Horizontal axis</source>
            <translation>横轴</translation>
        </message>
        <message>
            <source>steps</source>
            <translation>步数</translation>
        </message>
        <message>
            <source>time</source>
            <translation>时间</translation>
        </message>
        <message>
            <source>off</source>
            <translation>关</translation>
        </message>
        <message>
            <source>Smoothing</source>
            <translation>平滑</translation>
        </message>
        <message>
            <source>log x</source>
            <translation>对数 x</translation>
        </message>
        <message>
            <source>log y</source>
            <translation>对数 y</translation>
        </message>
        <message>
            <source>Compare runs…</source>
            <translation>比较运行…</translation>
        </message>
        <message>
            <source>This run only</source>
            <translation>仅此运行</translation>
        </message>
        <message>
            <source>smoothing</source>
            <translation>平滑</translation>
        </message>
        <message>
            <source>Export</source>
            <translation>导出</translation>
        </message>
        <message>
            <source>Picture (PNG)…</source>
            <translation>图片 (PNG)…</translation>
        </message>
        <message>
            <source>Values (CSV)…</source>
            <translation>数值 (CSV)…</translation>
        </message>
    </context>
    <context>
        <name>ModelInspector</name>
        <message>
            <source>Selected version</source>
            <translation>选中的版本</translation>
        </message>
        <message>
            <source>Metrics</source>
            <translation>指标</translation>
        </message>
        <message>
            <source>Deploy…</source>
            <translation>部署…</translation>
        </message>
        <message>
            <source>Set alias…</source>
            <translation>设置别名…</translation>
        </message>
        <message>
            <source>Open job</source>
            <translation>打开作业</translation>
        </message>
        <message>
            <source>No version selected</source>
            <translation>未选中版本</translation>
        </message>
        <message>
            <source>Select a version to see its metrics, or to deploy it.</source>
            <translation>选择一个版本以查看其指标或进行部署。</translation>
        </message>
        <message>
            <source>Serves in</source>
            <translation>服务于</translation>
        </message>
        <message>
            <source>Format</source>
            <translation>格式</translation>
        </message>
        <message>
            <source>Size</source>
            <translation>大小</translation>
        </message>
        <message>
            <source>File</source>
            <translation>文件</translation>
        </message>
        <message>
            <source>SHA-256</source>
            <translation>SHA-256</translation>
        </message>
        <message>
            <source>Created</source>
            <translation>创建时间</translation>
        </message>
        <message>
            <source>By</source>
            <translation>操作者</translation>
        </message>
        <message>
            <source>From job</source>
            <translation>来自作业</translation>
        </message>
        <message>
            <source>none</source>
            <translation>无</translation>
        </message>
        <message>
            <source>version {number} beside it</source>
            <translation>旁边的版本 {number}</translation>
        </message>
    </context>
    <context>
        <name>Models</name>
        <message>
            <source>kept warm in {names}</source>
            <translation>在 {names} 中保温</translation>
        </message>
        <message>
            <source>Version</source>
            <translation>版本</translation>
        </message>
        <message>
            <source>Aliases</source>
            <translation>别名</translation>
        </message>
        <message>
            <source>Serves in</source>
            <translation>服务于</translation>
        </message>
        <message>
            <source>Metrics</source>
            <translation>指标</translation>
        </message>
        <message>
            <source>Format</source>
            <translation>格式</translation>
        </message>
        <message>
            <source>Size</source>
            <translation>大小</translation>
        </message>
        <message>
            <source>From job</source>
            <translation>来自作业</translation>
        </message>
        <message>
            <source>Created</source>
            <translation>创建时间</translation>
        </message>
    </context>
    <context>
        <name>ModelsPage</name>
        <message>
            <source>Versions of models</source>
            <translation>模型版本</translation>
        </message>
        <message>
            <source>No version fits the search.</source>
            <translation>没有符合搜索的版本。</translation>
        </message>
        <message>
            <source>Register model…</source>
            <translation>登记模型…</translation>
        </message>
        <message>
            <source>No models yet</source>
            <translation>还没有模型</translation>
        </message>
        <message>
            <source>Every version of a model with its metrics, the job that made it and where it serves will be listed here. Register a file, or an output of a job.</source>
            <translation>这里将列出模型的每个版本及其指标、生成它的作业和提供服务的位置。请登记一个文件或作业的输出。</translation>
        </message>
        <message>
            <source>Versions</source>
            <translation>版本</translation>
        </message>
        <message>
            <source>Search in models</source>
            <translation>在模型中搜索</translation>
        </message>
        <message>
            <source>Name, alias, deployment, job</source>
            <translation>名称、别名、部署、作业</translation>
        </message>
        <message>
            <source>Deploy…</source>
            <translation>部署…</translation>
        </message>
        <message>
            <source>Set alias…</source>
            <translation>设置别名…</translation>
        </message>
        <message>
            <source>Open its job</source>
            <translation>打开其作业</translation>
        </message>
        <message>
            <source>Open deployment {name}</source>
            <translation>打开部署 {name}</translation>
        </message>
        <message>
            <source>Copy ref</source>
            <translation>复制引用</translation>
        </message>
    </context>
    <context>
        <name>NameSheet</name>
        <message>
            <source>Name</source>
            <translation>名称</translation>
        </message>
        <message>
            <source>Enter a name.</source>
            <translation>请输入名称。</translation>
        </message>
        <message>
            <source>A name has no slash and no control characters in it.</source>
            <translation>名称中不能有斜杠和控制字符。</translation>
        </message>
        <message>
            <source>It is too long: 255 bytes are the most.</source>
            <translation>太长：最多 255 字节。</translation>
        </message>
        <message>
            <source>That is its name already.</source>
            <translation>这已经是它的名称。</translation>
        </message>
    </context>
    <context>
        <name>OperationInspector</name>
        <message>
            <source>Selected operation</source>
            <translation>选中的操作</translation>
        </message>
        <message>
            <source>Select an operation to see its steps.</source>
            <translation>选择一个操作以查看其步骤。</translation>
        </message>
        <message>
            <source>Progress</source>
            <translation>进度</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <source>Copy</source>
            <translation>复制</translation>
        </message>
        <message>
            <source>No operation selected</source>
            <translation>未选中操作</translation>
        </message>
    </context>
    <context>
        <name>OperationSheet</name>
        <message>
            <source>plan</source>
            <translation>计划</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <source>Start</source>
            <translation>开始</translation>
        </message>
        <message>
            <source>{names} and {count} more</source>
            <translation>{names} 以及另外 {count} 台</translation>
        </message>
        <message>
            <source>On {servers}</source>
            <translation>在 {servers} 上</translation>
        </message>
        <message>
            <source>On this machine</source>
            <translation>在本机上</translation>
        </message>
        <message>
            <source>This cannot be undone. Type {name} to go on.</source>
            <translation>此操作无法撤销。请输入 {name} 以继续。</translation>
        </message>
        <message>
            <source>Cancel operation</source>
            <translation>取消操作</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>关闭</translation>
        </message>
    </context>
    <context>
        <name>Operations</name>
        <message>
            <source>{done} of {all}</source>
            <translation>{done} / {all}</translation>
        </message>
        <message>
            <source>about {span} left in this step</source>
            <translation>此步骤约剩 {span}</translation>
        </message>
        <message>
            <source>State</source>
            <translation>状态</translation>
        </message>
        <message>
            <source>Operation</source>
            <translation>操作</translation>
        </message>
        <message>
            <source>Servers</source>
            <translation>服务器</translation>
        </message>
        <message>
            <source>Step</source>
            <translation>步骤</translation>
        </message>
        <message>
            <source>Steps</source>
            <translation>步骤</translation>
        </message>
        <message>
            <source>Started</source>
            <translation>启动时间</translation>
        </message>
        <message>
            <source>Took</source>
            <translation>耗时</translation>
        </message>
    </context>
    <context>
        <name>OptionRow</name>
        <message>
            <source>Reset {title}</source>
            <translation>重置 {title}</translation>
        </message>
        <message>
            <source>Enabled</source>
            <translation>启用</translation>
        </message>
        <message>
            <source>Takes a whole number.</source>
            <translation>需要整数。</translation>
        </message>
        <message>
            <source>Takes a number.</source>
            <translation>需要数字。</translation>
        </message>
    </context>
    <context>
        <name>OutputsCard</name>
        <message>
            <source>Outputs</source>
            <translation>输出</translation>
        </message>
        <message>
            <source>File</source>
            <translation>文件</translation>
        </message>
        <message>
            <source>Size</source>
            <translation>大小</translation>
        </message>
        <message>
            <source>The job left no files.</source>
            <translation>作业没有留下文件。</translation>
        </message>
        <message>
            <source>Register as model…</source>
            <translation>登记为模型…</translation>
        </message>
        <message>
            <source>Fetch outputs…</source>
            <translation>取回输出…</translation>
        </message>
        <message>
            <source>Copy path</source>
            <translation>复制路径</translation>
        </message>
    </context>
    <context>
        <name>Pages</name>
        <message>
            <source>Fleet</source>
            <translation>集群</translation>
        </message>
        <message>
            <source>Files</source>
            <translation>文件</translation>
        </message>
        <message>
            <source>Run on many servers</source>
            <translation>在多台服务器上运行</translation>
        </message>
        <message>
            <source>Jobs</source>
            <translation>作业</translation>
        </message>
        <message>
            <source>Models</source>
            <translation>模型</translation>
        </message>
        <message>
            <source>Deployments</source>
            <translation>部署</translation>
        </message>
        <message>
            <source>Alerts</source>
            <translation>告警</translation>
        </message>
        <message>
            <source>Reports</source>
            <translation>报告</translation>
        </message>
        <message>
            <source>Activity</source>
            <translation>活动</translation>
        </message>
        <message>
            <source>Settings</source>
            <translation>设置</translation>
        </message>
    </context>
    <context>
        <name>Palette</name>
        <message>
            <source>page</source>
            <translation>页面</translation>
        </message>
        <message>
            <source>command</source>
            <translation>命令</translation>
        </message>
        <message>
            <source>server</source>
            <translation>服务器</translation>
        </message>
        <message>
            <source>this page</source>
            <translation>本页</translation>
        </message>
        <message>
            <source>view</source>
            <translation>视图</translation>
        </message>
        <message>
            <source>job</source>
            <translation>作业</translation>
        </message>
        <message>
            <source>Search or run a command</source>
            <translation>搜索或运行命令</translation>
        </message>
        <message>
            <source>A page, a server, a job or a command</source>
            <translation>页面、服务器、作业或命令</translation>
        </message>
        <message>
            <source>Matches</source>
            <translation>匹配项</translation>
        </message>
        <message>
            <source>Nothing fits.</source>
            <translation>没有匹配项。</translation>
        </message>
    </context>
    <context>
        <name>PartRow</name>
        <message>
            <source>gives {size}</source>
            <translation>提供 {size}</translation>
        </message>
        <message>
            <source>{size} from {giver}</source>
            <translation>{size}，来自 {giver}</translation>
        </message>
        <message>
            <source>{done} of {total}</source>
            <translation>{done} / {total}</translation>
        </message>
        <message>
            <source>{share} from {giver}</source>
            <translation>{share}，来自 {giver}</translation>
        </message>
        <message>
            <source>waits for {giver}</source>
            <translation>等待 {giver}</translation>
        </message>
        <message>
            <source>waits for an answer</source>
            <translation>等待应答</translation>
        </message>
    </context>
    <context>
        <name>PathField</name>
        <message>
            <source>Choose…</source>
            <translation>选择…</translation>
        </message>
        <message>
            <source>File…</source>
            <translation>文件…</translation>
        </message>
        <message>
            <source>Folder…</source>
            <translation>文件夹…</translation>
        </message>
    </context>
    <context>
        <name>Plugins</name>
        <message>
            <source>loaded</source>
            <translation>已加载</translation>
        </message>
        <message>
            <source>not approved</source>
            <translation>未批准</translation>
        </message>
        <message>
            <source>changed since approval</source>
            <translation>批准后已更改</translation>
        </message>
        <message>
            <source>invalid</source>
            <translation>无效</translation>
        </message>
        <message>
            <source>failed</source>
            <translation>失败</translation>
        </message>
        <message>
            <source>checked against captures, not on hardware</source>
            <translation>仅对照录制的输出检查，未在硬件上检查</translation>
        </message>
        <message>
            <source>checked on hardware</source>
            <translation>已在硬件上检查</translation>
        </message>
    </context>
    <context>
        <name>PluginsCard</name>
        <message>
            <source>Plugins</source>
            <translation>插件</translation>
        </message>
        <message>
            <source>None were found.</source>
            <translation>未找到。</translation>
        </message>
        <message>
            <source>Own plugins lie in {folder}; they are loaded after they were approved.</source>
            <translation>自有插件位于 {folder}；批准后才会加载。</translation>
        </message>
    </context>
    <context>
        <name>PowerLimitSheet</name>
        <message>
            <source>Power limit of GPU {index} on {server}</source>
            <translation>{server} 上 GPU {index} 的功率上限</translation>
        </message>
        <message>
            <source>The card itself refuses what is beyond its bounds.</source>
            <translation>超出范围的值由显卡自行拒绝。</translation>
        </message>
        <message>
            <source>Set power limit</source>
            <translation>设置功率上限</translation>
        </message>
        <message>
            <source>Watts</source>
            <translation>瓦</translation>
        </message>
    </context>
    <context>
        <name>Privileges</name>
        <message>
            <source>Read the kernel log</source>
            <translation>读取内核日志</translation>
        </message>
        <message>
            <source>See XIDs where the account itself may not read the kernel's log.</source>
            <translation>在账户本身无权读取内核日志时查看 XID。</translation>
        </message>
        <message>
            <source>Set persistence mode</source>
            <translation>设置持久模式</translation>
        </message>
        <message>
            <source>Keep the driver loaded while nothing uses a GPU.</source>
            <translation>无程序使用 GPU 时保持驱动加载。</translation>
        </message>
        <message>
            <source>Set power limit</source>
            <translation>设置功率上限</translation>
        </message>
        <message>
            <source>Change how much power a GPU may draw.</source>
            <translation>更改 GPU 允许的功率。</translation>
        </message>
        <message>
            <source>Reset GPU</source>
            <translation>重置 GPU</translation>
        </message>
        <message>
            <source>Reset a GPU that nothing holds.</source>
            <translation>重置未被占用的 GPU。</translation>
        </message>
        <message>
            <source>Restart server</source>
            <translation>重启服务器</translation>
        </message>
        <message>
            <source>Restart the whole server; everything that runs there ends.</source>
            <translation>重启整台服务器；其上运行的一切都会结束。</translation>
        </message>
        <message>
            <source>Privileges on {server}</source>
            <translation>{server} 上的特权操作</translation>
        </message>
        <message>
            <source>Acts that need root. Each is off until you switch it on, and runs exactly the command that is shown, by sudo without a password.</source>
            <translation>需要 root 的操作。每项默认关闭，由您启用，且只通过免密 sudo 执行所示命令。</translation>
        </message>
    </context>
    <context>
        <name>PrivilegesSheet</name>
        <message>
            <source>For visudo on the server:</source>
            <translation>供服务器上的 visudo 使用：</translation>
        </message>
        <message>
            <source>Lines for sudoers</source>
            <translation>sudoers 行</translation>
        </message>
        <message>
            <source>Copy lines</source>
            <translation>复制这些行</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>关闭</translation>
        </message>
        <message>
            <source>nothing is switched on</source>
            <translation>未启用任何项</translation>
        </message>
    </context>
    <context>
        <name>ProblemView</name>
        <message>
            <source>Details of the problem</source>
            <translation>问题详情</translation>
        </message>
        <message>
            <source>Details</source>
            <translation>详情</translation>
        </message>
        <message>
            <source>Copy</source>
            <translation>复制</translation>
        </message>
    </context>
    <context>
        <name>ProcessRows</name>
        <message>
            <source>The server cannot tell.</source>
            <translation>服务器无法提供。</translation>
        </message>
        <message>
            <source>none</source>
            <translation>无</translation>
        </message>
        <message>
            <source>and {count} more</source>
            <translation>另有 {count} 个</translation>
        </message>
    </context>
    <context>
        <name>Processes</name>
        <message>
            <source>PID</source>
            <translation>PID</translation>
        </message>
        <message>
            <source>User</source>
            <translation>用户</translation>
        </message>
        <message>
            <source>Command</source>
            <translation>命令</translation>
        </message>
        <message>
            <source>GPU</source>
            <translation>GPU</translation>
        </message>
        <message>
            <source>GPU memory</source>
            <translation>显存</translation>
        </message>
        <message>
            <source>CPU</source>
            <translation>CPU</translation>
        </message>
        <message>
            <source>Memory</source>
            <translation>内存</translation>
        </message>
        <message>
            <source>Started</source>
            <translation>启动时间</translation>
        </message>
        <message>
            <source>Container</source>
            <translation>容器</translation>
        </message>
        <message>
            <source>Processes</source>
            <translation>进程</translation>
        </message>
        <message>
            <source>on accelerators</source>
            <translation>加速器上</translation>
        </message>
        <message>
            <source>all</source>
            <translation>全部</translation>
        </message>
        <message>
            <source>Filter processes</source>
            <translation>筛选进程</translation>
        </message>
        <message>
            <source>user, command, gpu0</source>
            <translation>用户、命令、gpu0</translation>
        </message>
        <message>
            <source>End…</source>
            <translation>结束…</translation>
        </message>
        <message>
            <source>Kill…</source>
            <translation>强制结束…</translation>
        </message>
        <message>
            <source>last heard {age} ago</source>
            <translation>最近回应于{age}前</translation>
        </message>
        <message>
            <source>host seen {age} ago</source>
            <translation>主机数据来自{age}前</translation>
        </message>
        <message>
            <source>End process…</source>
            <translation>结束进程…</translation>
        </message>
        <message>
            <source>Kill process…</source>
            <translation>强制结束进程…</translation>
        </message>
        <message>
            <source>Process {pid} was told to end and still runs.</source>
            <translation>已要求进程 {pid} 结束，但它仍在运行。</translation>
        </message>
        <message>
            <source>Adopt as job…</source>
            <translation>接管为作业…</translation>
        </message>
        <message>
            <source>Copy PID</source>
            <translation>复制 PID</translation>
        </message>
        <message>
            <source>Copy command</source>
            <translation>复制命令</translation>
        </message>
        <message>
            <source>Only those of {user}</source>
            <translation>只看 {user} 的</translation>
        </message>
        <message>
            <source>Processes of</source>
            <translation>进程范围</translation>
        </message>
        <message>
            <source>No process is known here.</source>
            <translation>这里没有已知进程。</translation>
        </message>
    </context>
    <context>
        <name>PrometheusCard</name>
        <message>
            <source>Prometheus</source>
            <translation>Prometheus</translation>
        </message>
        <message>
            <source>Sources…</source>
            <translation>数据源…</translation>
        </message>
        <message>
            <source>The fleet's numbers are at {url}, on this machine only.</source>
            <translation>集群的数值位于 {url}，仅限本机访问。</translation>
        </message>
        <message>
            <source>Not served at {url}.</source>
            <translation>未在 {url} 提供服务。</translation>
        </message>
        <message>
            <source>The endpoint is off. On, it serves the fleet's numbers at {url}.</source>
            <translation>端点已关闭。开启后，将在 {url} 提供集群的数值。</translation>
        </message>
    </context>
    <context>
        <name>PullSheet</name>
        <message>
            <source>Pull files from {server}</source>
            <translation>从 {server} 下载文件</translation>
        </message>
        <message>
            <source>What is here already is not sent again, and every file is checked by its hash.</source>
            <translation>本机已有的内容不会重新传输；每个文件都用哈希校验。</translation>
        </message>
        <message>
            <source>Pull</source>
            <translation>拉取</translation>
        </message>
        <message>
            <source>Folder here</source>
            <translation>本机文件夹</translation>
        </message>
        <message>
            <source>File or folder on the server</source>
            <translation>服务器上的文件或文件夹</translation>
        </message>
        <message>
            <source>It arrives in here under its own name.</source>
            <translation>以原名放入此文件夹。</translation>
        </message>
        <message>
            <source>Enter a path with a name at its end.</source>
            <translation>请输入以名称结尾的路径。</translation>
        </message>
    </context>
    <context>
        <name>PushSheet</name>
        <message>
            <source>Push files to {server}</source>
            <translation>上传文件到 {server}</translation>
        </message>
        <message>
            <source>What is there already is not sent again, and every file is checked by its hash.</source>
            <translation>服务器上已有的内容不会重新传输；每个文件都用哈希校验。</translation>
        </message>
        <message>
            <source>Push</source>
            <translation>推送</translation>
        </message>
        <message>
            <source>File or folder here</source>
            <translation>本机的文件或文件夹</translation>
        </message>
        <message>
            <source>Path on the server</source>
            <translation>服务器上的路径</translation>
        </message>
        <message>
            <source>With a slash at its end the copy goes inside that folder.</source>
            <translation>末尾带斜杠时，副本放入该文件夹之内。</translation>
        </message>
    </context>
    <context>
        <name>PythonField</name>
        <message>
            <source>The server's</source>
            <translation>服务器默认</translation>
        </message>
        <message>
            <source>Interpreter</source>
            <translation>解释器</translation>
        </message>
        <message>
            <source>Virtual environment</source>
            <translation>虚拟环境</translation>
        </message>
        <message>
            <source>Conda environment</source>
            <translation>Conda 环境</translation>
        </message>
        <message>
            <source>Kind of Python</source>
            <translation>Python 种类</translation>
        </message>
        <message>
            <source>Where the Python is</source>
            <translation>Python 的位置</translation>
        </message>
        <message>
            <source>Enter which one, or take the server's.</source>
            <translation>请输入是哪一个，或使用服务器默认。</translation>
        </message>
    </context>
    <context>
        <name>QuestionSheet</name>
        <message>
            <source>The server says:</source>
            <translation>服务器说：</translation>
        </message>
        <message>
            <source>Keep it in the keyring of this system</source>
            <translation>保存到本系统的密钥环</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <source>Answer</source>
            <translation>应答</translation>
        </message>
        <message>
            <source>Enter it, or cancel.</source>
            <translation>请输入，或取消。</translation>
        </message>
        <message>
            <source>Passphrase for {server}</source>
            <translation>{server} 的密钥口令</translation>
        </message>
        <message>
            <source>Password for {server}</source>
            <translation>{server} 的密码</translation>
        </message>
        <message>
            <source>Secret {name}</source>
            <translation>机密 {name}</translation>
        </message>
        <message>
            <source>{server} asks</source>
            <translation>{server} 的提问</translation>
        </message>
        <message>
            <source>Unlock the key</source>
            <translation>解锁密钥</translation>
        </message>
        <message>
            <source>Log in</source>
            <translation>登录</translation>
        </message>
        <message>
            <source>Give it to the job</source>
            <translation>交给作业</translation>
        </message>
        <message>
            <source>The key {path} is encrypted. What you enter opens it here; it is sent to nobody.</source>
            <translation>密钥 {path} 已加密。您输入的口令只在本机用来解开它，不会发送给任何人。</translation>
        </message>
        <message>
            <source>{place} lets you in with a password. It is tried once and kept for this run.</source>
            <translation>{place} 需要密码才能登录。密码只尝试一次，并仅在本次运行期间保留。</translation>
        </message>
        <message>
            <source>A job on {server} gets it as an environment variable. It travels encrypted and lies there only as long as the job may need it.</source>
            <translation>{server} 上的作业以环境变量得到它。它加密传输，只在作业可能需要期间留在那里。</translation>
        </message>
        <message>
            <source>{place} wants answers before it lets you in. What stands in quotes comes from the server, not from Tandem.</source>
            <translation>{place} 要求回答问题后才允许登录。引号中的内容来自服务器，而不是 Tandem。</translation>
        </message>
        <message>
            <source>Passphrase</source>
            <translation>口令</translation>
        </message>
        <message>
            <source>Password</source>
            <translation>密码</translation>
        </message>
        <message>
            <source>Value</source>
            <translation>值</translation>
        </message>
        <message>
            <source>The one before was wrong.</source>
            <translation>上一次输入有误。</translation>
        </message>
        <message>
            <source>There is no system keyring here, so it is kept for this run only.</source>
            <translation>这里没有系统密钥环，因此仅在本次运行期间保留。</translation>
        </message>
    </context>
    <context>
        <name>Rail</name>
        <message>
            <source>Pages</source>
            <translation>页面</translation>
        </message>
    </context>
    <context>
        <name>Recipe</name>
        <message>
            <source>From {low} to {high}.</source>
            <translation>从 {low} 到 {high}。</translation>
        </message>
        <message>
            <source>At least {low}.</source>
            <translation>至少 {low}。</translation>
        </message>
        <message>
            <source>At most {high}.</source>
            <translation>至多 {high}。</translation>
        </message>
    </context>
    <context>
        <name>Releases</name>
        <message>
            <source>Release</source>
            <translation>发布</translation>
        </message>
        <message>
            <source>{model}, since {moment}</source>
            <translation>{model}，自 {moment}</translation>
        </message>
        <message>
            <source>State</source>
            <translation>状态</translation>
        </message>
        <message>
            <source>Share</source>
            <translation>份额</translation>
        </message>
        <message>
            <source>Requests</source>
            <translation>请求</translation>
        </message>
        <message>
            <source>In all</source>
            <translation>总计</translation>
        </message>
        <message>
            <source>Errors</source>
            <translation>错误</translation>
        </message>
    </context>
    <context>
        <name>Replicas</name>
        <message>
            <source>Replica</source>
            <translation>副本</translation>
        </message>
        <message>
            <source>Version</source>
            <translation>版本</translation>
        </message>
        <message>
            <source>State</source>
            <translation>状态</translation>
        </message>
        <message>
            <source>Where</source>
            <translation>位置</translation>
        </message>
        <message>
            <source>Up</source>
            <translation>已运行</translation>
        </message>
    </context>
    <context>
        <name>Reports</name>
        <message>
            <source>User</source>
            <translation>用户</translation>
        </message>
        <message>
            <source>Server</source>
            <translation>服务器</translation>
        </message>
        <message>
            <source>Label</source>
            <translation>标签</translation>
        </message>
        <message>
            <source>Job</source>
            <translation>作业</translation>
        </message>
        <message>
            <source>Jobs</source>
            <translation>作业</translation>
        </message>
        <message>
            <source>GPU time</source>
            <translation>GPU 时间</translation>
        </message>
        <message>
            <source>Energy</source>
            <translation>能耗</translation>
        </message>
        <message>
            <source>Cost</source>
            <translation>费用</translation>
        </message>
        <message>
            <source>Run time</source>
            <translation>运行时间</translation>
        </message>
        <message>
            <source>Priced</source>
            <translation>已计价</translation>
        </message>
        <message>
            <source>Used</source>
            <translation>使用率</translation>
        </message>
        <message>
            <source>Idle</source>
            <translation>空闲</translation>
        </message>
        <message>
            <source>Idle GPU time</source>
            <translation>GPU 空闲时间</translation>
        </message>
        <message>
            <source>Observed</source>
            <translation>已观测</translation>
        </message>
        <message>
            <source>Report</source>
            <translation>报告</translation>
        </message>
        <message>
            <source>Utilization</source>
            <translation>利用率</translation>
        </message>
        <message>
            <source>Idle holders</source>
            <translation>空闲占用者</translation>
        </message>
    </context>
    <context>
        <name>RestoreSheet</name>
        <message>
            <source>Restore a backup</source>
            <translation>恢复备份</translation>
        </message>
        <message>
            <source>It replaces everything that this console knows. What is here now is kept in a folder beside it. Nothing on any server changes.</source>
            <translation>它将替换此控制台所知的一切。当前内容保存在旁边的文件夹中。任何服务器都不会改变。</translation>
        </message>
        <message>
            <source>File</source>
            <translation>文件</translation>
        </message>
        <message>
            <source>Made</source>
            <translation>生成时间</translation>
        </message>
        <message>
            <source>By Tandem</source>
            <translation>由 Tandem 创建</translation>
        </message>
        <message>
            <source>Holds</source>
            <translation>包含</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <source>Replace everything</source>
            <translation>全部替换</translation>
        </message>
        <message>
            <source>Restored. What was here before is in {folder}.</source>
            <translation>已恢复。之前的内容在 {folder} 中。</translation>
        </message>
        <message>
            <source>Start Tandem again, so that settings are read anew.</source>
            <translation>请重新启动 Tandem，以重新读取设置。</translation>
        </message>
    </context>
    <context>
        <name>RolloutCard</name>
        <message>
            <source>Rollout</source>
            <translation>发布过程</translation>
        </message>
        <message>
            <source>Switching a version, or going back, will be shown here step by step.</source>
            <translation>切换版本或回退将在这里逐步显示。</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <source>{moment}, {took}</source>
            <translation>{moment}，{took}</translation>
        </message>
    </context>
    <context>
        <name>RoundSheet</name>
        <message>
            <source>The round</source>
            <translation>整轮</translation>
        </message>
        <message>
            <source>Train, validate, register, deploy, ask, and switch the version while requests flow.</source>
            <translation>训练、验证、登记、部署、请求，并在请求进行中切换版本。</translation>
        </message>
        <message>
            <source>Progress of the round</source>
            <translation>整轮进度</translation>
        </message>
        <message>
            <source>Cancel the round</source>
            <translation>取消整轮</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>关闭</translation>
        </message>
        <message>
            <source>Loss over steps</source>
            <translation>损失随步数</translation>
        </message>
        <message>
            <source>training {number}</source>
            <translation>第 {number} 次训练</translation>
        </message>
    </context>
    <context>
        <name>RuleSheet</name>
        <message>
            <source>Edit alert rule</source>
            <translation>编辑告警规则</translation>
        </message>
        <message>
            <source>Add alert rule</source>
            <translation>添加告警规则</translation>
        </message>
        <message>
            <source>Judged every few seconds, for each server or accelerator that fits. It is kept with the alerts, so every console that shares them judges by it.</source>
            <translation>每隔几秒对每个符合的服务器或加速器评估一次。它与告警存放在一起，共享告警的每个控制台都按它评估。</translation>
        </message>
        <message>
            <source>Save rule</source>
            <translation>保存规则</translation>
        </message>
        <message>
            <source>Scratch is nearly full</source>
            <translation>暂存空间快满了</translation>
        </message>
        <message>
            <source>stays as it was</source>
            <translation>保持原状</translation>
        </message>
        <message>
            <source>is told as an alert</source>
            <translation>作为告警通知</translation>
        </message>
        <message>
            <source>counts as fine</source>
            <translation>视为正常</translation>
        </message>
        <message>
            <source>{label} of {server} is at {value}.</source>
            <translation>{server} 的 {label} 为 {value}。</translation>
        </message>
        <message>
            <source>Look who uses it.</source>
            <translation>查看谁在使用。</translation>
        </message>
        <message>
            <source>Judged</source>
            <translation>参与评估</translation>
        </message>
        <message>
            <source>Name</source>
            <translation>名称</translation>
        </message>
        <message>
            <source>Lower-case letters, digits and dashes.</source>
            <translation>小写字母、数字和连字符。</translation>
        </message>
        <message>
            <source>Title</source>
            <translation>标题</translation>
        </message>
        <message>
            <source>What lists and notifications call it.</source>
            <translation>列表和通知中的名称。</translation>
        </message>
        <message>
            <source>Condition</source>
            <translation>条件</translation>
        </message>
        <message>
            <source>When it holds, something is wrong; the words are on the help page about alerts.</source>
            <translation>成立即表示有问题；可用的词见告警帮助页。</translation>
        </message>
        <message>
            <source>Asked of</source>
            <translation>对象</translation>
        </message>
        <message>
            <source>Where</source>
            <translation>位置</translation>
        </message>
        <message>
            <source>A filter as on the fleet page; empty is everywhere.</source>
            <translation>与集群页相同的筛选条件；留空为所有。</translation>
        </message>
        <message>
            <source>For</source>
            <translation>时长</translation>
        </message>
        <message>
            <source>How long it has to hold before anybody is told.</source>
            <translation>持续成立多久后才通知。</translation>
        </message>
        <message>
            <source>Ends after</source>
            <translation>结束延迟</translation>
        </message>
        <message>
            <source>How long it has to be over before it ends.</source>
            <translation>恢复多久后才结束。</translation>
        </message>
        <message>
            <source>Severity</source>
            <translation>严重程度</translation>
        </message>
        <message>
            <source>Without data it</source>
            <translation>无数据时</translation>
        </message>
        <message>
            <source>What is wrong</source>
            <translation>问题</translation>
        </message>
        <message>
            <source>One sentence; it may name {gaps}.</source>
            <translation>一句话；可使用 {gaps}。</translation>
        </message>
        <message>
            <source>What to do</source>
            <translation>该做什么</translation>
        </message>
        <message>
            <source>The next safe action, one sentence.</source>
            <translation>下一个安全操作，一句话。</translation>
        </message>
        <message>
            <source>Runbook</source>
            <translation>处理手册</translation>
        </message>
        <message>
            <source>Address of a page that tells more; may be empty.</source>
            <translation>说明更多的页面地址；可留空。</translation>
        </message>
        <message>
            <source>A condition may ask: {words}.</source>
            <translation>条件可用：{words}。</translation>
        </message>
        <message>
            <source>Write seconds, or 90s, 15m, 2h, 7d.</source>
            <translation>请写秒数，或 90s、15m、2h、7d。</translation>
        </message>
        <message>
            <source>It {reason}.</source>
            <translation>此项有误：{reason}。</translation>
        </message>
    </context>
    <context>
        <name>Runner</name>
        <message>
            <source>{title}: done.</source>
            <translation>{title}：完成。</translation>
        </message>
    </context>
    <context>
        <name>SaveViewSheet</name>
        <message>
            <source>Save view</source>
            <translation>保存视图</translation>
        </message>
        <message>
            <source>Keeps the filter, what the map is grouped and coloured by, and the order of the table. The view is found in the palette by its name.</source>
            <translation>保存筛选、地图的分组与着色方式以及表格的排序。之后可在命令面板中按名称找到该视图。</translation>
        </message>
        <message>
            <source>Save</source>
            <translation>保存</translation>
        </message>
        <message>
            <source>idle but full</source>
            <translation>空闲但占满</translation>
        </message>
        <message>
            <source>Name</source>
            <translation>名称</translation>
        </message>
        <message>
            <source>A view of the same name is replaced.</source>
            <translation>同名视图会被替换。</translation>
        </message>
        <message>
            <source>Filter</source>
            <translation>筛选</translation>
        </message>
        <message>
            <source>Enter a name.</source>
            <translation>请输入名称。</translation>
        </message>
    </context>
    <context>
        <name>SearchButton</name>
        <message>
            <source>Search or run a command</source>
            <translation>搜索或运行命令</translation>
        </message>
    </context>
    <context>
        <name>SecretsSheet</name>
        <message>
            <source>Kept secrets</source>
            <translation>已保存的密码与口令</translation>
        </message>
        <message>
            <source>Passwords, passphrases and secrets of jobs that you chose to keep in the keyring of this system.</source>
            <translation>您选择保存在本系统钥匙串中的密码、口令和作业机密。</translation>
        </message>
        <message>
            <source>looking…</source>
            <translation>正在查看…</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>关闭</translation>
        </message>
        <message>
            <source>Nothing is kept.</source>
            <translation>没有保存任何内容。</translation>
        </message>
        <message>
            <source>Forget</source>
            <translation>清除记录</translation>
        </message>
        <message>
            <source>Forget {name}</source>
            <translation>忘记 {name}</translation>
        </message>
        <message>
            <source>Password of {place}</source>
            <translation>{place} 的密码</translation>
        </message>
        <message>
            <source>Passphrase of {path}</source>
            <translation>{path} 的口令</translation>
        </message>
        <message>
            <source>Secret {name} of jobs</source>
            <translation>作业的机密 {name}</translation>
        </message>
    </context>
    <context>
        <name>ServerCharts</name>
        <message>
            <source>limit {value}</source>
            <translation>上限 {value}</translation>
        </message>
        <message>
            <source>slows down at {value}</source>
            <translation>到 {value} 时降频</translation>
        </message>
        <message>
            <source>Utilization</source>
            <translation>利用率</translation>
        </message>
        <message>
            <source>Accelerator memory</source>
            <translation>显存</translation>
        </message>
        <message>
            <source>Temperature</source>
            <translation>温度</translation>
        </message>
        <message>
            <source>Power</source>
            <translation>功率</translation>
        </message>
        <message>
            <source>SM clock</source>
            <translation>SM 时钟</translation>
        </message>
        <message>
            <source>Fan</source>
            <translation>风扇</translation>
        </message>
        <message>
            <source>CPU</source>
            <translation>CPU</translation>
        </message>
        <message>
            <source>Memory</source>
            <translation>内存</translation>
        </message>
        <message>
            <source>Network</source>
            <translation>网络</translation>
        </message>
        <message>
            <source>in</source>
            <translation>流入</translation>
        </message>
        <message>
            <source>out</source>
            <translation>流出</translation>
        </message>
        <message>
            <source>Load</source>
            <translation>负载</translation>
        </message>
        <message>
            <source>Small charts of each accelerator</source>
            <translation>每个加速器的小图表</translation>
        </message>
        <message>
            <source>started</source>
            <translation>已启动</translation>
        </message>
        <message>
            <source>GPU {index} lost</source>
            <translation>GPU {index} 丢失</translation>
        </message>
        <message>
            <source>XID {code} on GPU {index}</source>
            <translation>GPU {index} 上的 XID {code}</translation>
        </message>
    </context>
    <context>
        <name>ServerHost</name>
        <message>
            <source>CPU</source>
            <translation>CPU</translation>
        </message>
        <message>
            <source>memory</source>
            <translation>内存</translation>
        </message>
        <message>
            <source>load</source>
            <translation>负载</translation>
        </message>
        <message>
            <source>pressure</source>
            <translation>压力</translation>
        </message>
        <message>
            <source>temperatures</source>
            <translation>温度</translation>
        </message>
        <message>
            <source>disk traffic</source>
            <translation>磁盘读写</translation>
        </message>
        <message>
            <source>CPU {used} cores, no limit</source>
            <translation>CPU {used} 核，无限额</translation>
        </message>
        <message>
            <source>CPU {used} of {limit} cores</source>
            <translation>CPU {used} / {limit} 核</translation>
        </message>
        <message>
            <source>memory {used}, no limit</source>
            <translation>内存 {used}，无限额</translation>
        </message>
        <message>
            <source>memory {used}</source>
            <translation>内存 {used}</translation>
        </message>
        <message>
            <source>On this page these are the whole machine's: {figures}.</source>
            <translation>本页中以下数值属于整台机器：{figures}。</translation>
        </message>
        <message>
            <source>load {loads}</source>
            <translation>负载 {loads}</translation>
        </message>
        <message>
            <source>waiting for disks {share}</source>
            <translation>等待磁盘 {share}</translation>
        </message>
        <message>
            <source>taken by other guests {share}</source>
            <translation>被其他虚拟机占用 {share}</translation>
        </message>
        <message>
            <source>swap {used}</source>
            <translation>交换区 {used}</translation>
        </message>
        <message>
            <source>Disk</source>
            <translation>磁盘</translation>
        </message>
        <message>
            <source>Used</source>
            <translation>使用率</translation>
        </message>
        <message>
            <source>Inodes</source>
            <translation>Inode</translation>
        </message>
        <message>
            <source>Read</source>
            <translation>读</translation>
        </message>
        <message>
            <source>Written</source>
            <translation>写</translation>
        </message>
        <message>
            <source>Busy</source>
            <translation>忙碌</translation>
        </message>
        <message>
            <source>Share of the time in which the disk had work to do.</source>
            <translation>磁盘有工作要做的时间占比。</translation>
        </message>
        <message>
            <source>This file system has no fixed number of inodes.</source>
            <translation>此文件系统没有固定的 inode 数量。</translation>
        </message>
        <message>
            <source>{used} of {total} inodes</source>
            <translation>{used} / {total} 个 inode</translation>
        </message>
        <message>
            <source>Interface</source>
            <translation>接口</translation>
        </message>
        <message>
            <source>In</source>
            <translation>入</translation>
        </message>
        <message>
            <source>Out</source>
            <translation>出</translation>
        </message>
        <message>
            <source>Link</source>
            <translation>链路</translation>
        </message>
        <message>
            <source>Sensor</source>
            <translation>传感器</translation>
        </message>
        <message>
            <source>Now</source>
            <translation>当前</translation>
        </message>
        <message>
            <source>Critical</source>
            <translation>严重</translation>
        </message>
    </context>
    <context>
        <name>ServerMenu</name>
        <message>
            <source>Open</source>
            <translation>打开</translation>
        </message>
        <message>
            <source>Files</source>
            <translation>文件</translation>
        </message>
        <message>
            <source>Check</source>
            <translation>检查</translation>
        </message>
        <message>
            <source>Edit…</source>
            <translation>编辑…</translation>
        </message>
        <message>
            <source>Trust key…</source>
            <translation>信任密钥…</translation>
        </message>
        <message>
            <source>Retry</source>
            <translation>重试</translation>
        </message>
        <message>
            <source>Run a job here…</source>
            <translation>在此运行作业…</translation>
        </message>
        <message>
            <source>Run a command…</source>
            <translation>运行命令…</translation>
        </message>
        <message>
            <source>Push files…</source>
            <translation>上传文件…</translation>
        </message>
        <message>
            <source>Pull files…</source>
            <translation>下载文件…</translation>
        </message>
        <message>
            <source>Fetch from a URL…</source>
            <translation>从 URL 下载…</translation>
        </message>
        <message>
            <source>Forwards…</source>
            <translation>端口转发…</translation>
        </message>
        <message>
            <source>Open terminal</source>
            <translation>打开终端</translation>
        </message>
        <message>
            <source>Copy ssh command</source>
            <translation>复制 ssh 命令</translation>
        </message>
        <message>
            <source>Copy name</source>
            <translation>复制名称</translation>
        </message>
        <message>
            <source>Privileges…</source>
            <translation>特权操作…</translation>
        </message>
        <message>
            <source>Clean…</source>
            <translation>清理…</translation>
        </message>
        <message>
            <source>Remove…</source>
            <translation>移除…</translation>
        </message>
        <message>
            <source>Sources…</source>
            <translation>数据源…</translation>
        </message>
        <message>
            <source>Copied: {line}</source>
            <translation>已复制：{line}</translation>
        </message>
        <message>
            <source>Let it work again</source>
            <translation>恢复工作</translation>
        </message>
        <message>
            <source>Drain…</source>
            <translation>停用…</translation>
        </message>
        <message>
            <source>Limit jobs…</source>
            <translation>限制作业数…</translation>
        </message>
        <message>
            <source>Restart server…</source>
            <translation>重启服务器…</translation>
        </message>
    </context>
    <context>
        <name>ServerPage</name>
        <message>
            <source>simulated accelerators</source>
            <translation>模拟加速器</translation>
        </message>
        <message>
            <source>Run job here</source>
            <translation>在此运行作业</translation>
        </message>
        <message>
            <source>Run a command…</source>
            <translation>运行命令…</translation>
        </message>
        <message>
            <source>Files</source>
            <translation>文件</translation>
        </message>
        <message>
            <source>Check</source>
            <translation>检查</translation>
        </message>
        <message>
            <source>Clean…</source>
            <translation>清理…</translation>
        </message>
        <message>
            <source>More</source>
            <translation>更多</translation>
        </message>
        <message>
            <source>Server</source>
            <translation>服务器</translation>
        </message>
        <message>
            <source>Back to the fleet</source>
            <translation>返回集群</translation>
        </message>
        <message>
            <source>This server is not in the list</source>
            <translation>此服务器不在列表中</translation>
        </message>
        <message>
            <source>It may have been removed. What runs on it goes on.</source>
            <translation>它可能已被移除。其上运行的内容继续运行。</translation>
        </message>
        <message>
            <source>Charts: back to live</source>
            <translation>图表：回到实时</translation>
        </message>
        <message>
            <source>Charts: show less time</source>
            <translation>图表：显示更短时间</translation>
        </message>
        <message>
            <source>Charts: show more time</source>
            <translation>图表：显示更长时间</translation>
        </message>
        <message>
            <source>Charts: earlier</source>
            <translation>图表：更早</translation>
        </message>
        <message>
            <source>Charts: later</source>
            <translation>图表：更晚</translation>
        </message>
        <message>
            <source>Charts: around the last event</source>
            <translation>图表：最近事件前后</translation>
        </message>
        <message>
            <source>Export charts as a picture…</source>
            <translation>将图表导出为图片…</translation>
        </message>
        <message>
            <source>Export values of the charts…</source>
            <translation>导出图表数值…</translation>
        </message>
        <message>
            <source>There is no event in what is shown.</source>
            <translation>所示范围内没有事件。</translation>
        </message>
        <message>
            <source>up {span}</source>
            <translation>已运行 {span}</translation>
        </message>
    </context>
    <context>
        <name>ServerPanel</name>
        <message>
            <source>CPU</source>
            <translation>CPU</translation>
        </message>
        <message>
            <source>Memory</source>
            <translation>内存</translation>
        </message>
        <message>
            <source>Network in</source>
            <translation>网络流入</translation>
        </message>
        <message>
            <source>Load</source>
            <translation>负载</translation>
        </message>
        <message>
            <source>Server</source>
            <translation>服务器</translation>
        </message>
    </context>
    <context>
        <name>ServerSheet</name>
        <message>
            <source>as ssh would choose</source>
            <translation>由 ssh 决定</translation>
        </message>
        <message>
            <source>ssh agent and the usual keys</source>
            <translation>ssh agent 和常用密钥</translation>
        </message>
        <message>
            <source>none</source>
            <translation>无</translation>
        </message>
        <message>
            <source>found on the server</source>
            <translation>在服务器上查找</translation>
        </message>
        <message>
            <source>Name</source>
            <translation>名称</translation>
        </message>
        <message>
            <source>Host name or address</source>
            <translation>主机名或地址</translation>
        </message>
        <message>
            <source>The name itself where left out.</source>
            <translation>留空则使用名称。</translation>
        </message>
        <message>
            <source>Role</source>
            <translation>角色</translation>
        </message>
        <message>
            <source>User</source>
            <translation>用户</translation>
        </message>
        <message>
            <source>Port</source>
            <translation>端口</translation>
        </message>
        <message>
            <source>Private key</source>
            <translation>私钥</translation>
        </message>
        <message>
            <source>Jump server</source>
            <translation>跳板服务器</translation>
        </message>
        <message>
            <source>A server of this list to go through.</source>
            <translation>经由此列表中的一台服务器。</translation>
        </message>
        <message>
            <source>Alias of ssh_config</source>
            <translation>ssh_config 别名</translation>
        </message>
        <message>
            <source>It then settles the rest.</source>
            <translation>其余由它决定。</translation>
        </message>
        <message>
            <source>Labels</source>
            <translation>标签</translation>
        </message>
        <message>
            <source>Python on the server</source>
            <translation>服务器上的 Python</translation>
        </message>
        <message>
            <source>For the agent, and for jobs by default.</source>
            <translation>用于代理，也是作业的默认值。</translation>
        </message>
        <message>
            <source>Cost per hour</source>
            <translation>每小时费用</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <source>Add</source>
            <translation>添加</translation>
        </message>
        <message>
            <source>Save</source>
            <translation>保存</translation>
        </message>
        <message>
            <source>A server needs a name.</source>
            <translation>服务器需要名称。</translation>
        </message>
        <message>
            <source>A port is a number.</source>
            <translation>端口是数字。</translation>
        </message>
        <message>
            <source>A cost is a number.</source>
            <translation>费用是数字。</translation>
        </message>
        <message>
            <source>Write labels as key=value, with spaces between.</source>
            <translation>标签写作 键=值，用空格分隔。</translation>
        </message>
        <message>
            <source>Add server</source>
            <translation>添加服务器</translation>
        </message>
        <message>
            <source>Edit {name}</source>
            <translation>编辑 {name}</translation>
        </message>
    </context>
    <context>
        <name>SetAliasSheet</name>
        <message>
            <source>Set alias</source>
            <translation>设置别名</translation>
        </message>
        <message>
            <source>The alias points at {ref} and leaves the version that it pointed at before.</source>
            <translation>别名将指向 {ref}，不再指向之前的版本。</translation>
        </message>
        <message>
            <source>Alias</source>
            <translation>别名</translation>
        </message>
        <message>
            <source>Enter an alias.</source>
            <translation>请输入别名。</translation>
        </message>
    </context>
    <context>
        <name>Settings</name>
        <message>
            <source>From {low} to {high}.</source>
            <translation>从 {low} 到 {high}。</translation>
        </message>
        <message>
            <source>Takes effect at the next start.</source>
            <translation>下次启动时生效。</translation>
        </message>
        <message>
            <source>as the system</source>
            <translation>跟随系统</translation>
        </message>
        <message>
            <source>dark</source>
            <translation>深色</translation>
        </message>
        <message>
            <source>light</source>
            <translation>浅色</translation>
        </message>
        <message>
            <source>Window</source>
            <translation>窗口</translation>
        </message>
        <message>
            <source>Safety</source>
            <translation>安全</translation>
        </message>
        <message>
            <source>Watching</source>
            <translation>监视</translation>
        </message>
        <message>
            <source>Connections</source>
            <translation>连接</translation>
        </message>
        <message>
            <source>History</source>
            <translation>历史</translation>
        </message>
        <message>
            <source>Costs</source>
            <translation>费用</translation>
        </message>
        <message>
            <source>Prometheus</source>
            <translation>Prometheus</translation>
        </message>
    </context>
    <context>
        <name>SettingsPage</name>
        <message>
            <source>Search in settings</source>
            <translation>在设置中搜索</translation>
        </message>
        <message>
            <source>Search settings</source>
            <translation>搜索设置</translation>
        </message>
        <message>
            <source>No setting fits the search.</source>
            <translation>没有符合搜索的设置。</translation>
        </message>
    </context>
    <context>
        <name>Sheet</name>
        <message>
            <source>Close</source>
            <translation>关闭</translation>
        </message>
    </context>
    <context>
        <name>SilenceSheet</name>
        <message>
            <source>Silence</source>
            <translation>静默</translation>
        </message>
        <message>
            <source>Nothing is sent for what matches until it ends; the alerts are still judged and listed. Every console that shares these alerts sees it.</source>
            <translation>在其结束前，匹配的告警不发送；仍会评估并列出。共享这些告警的每个控制台都能看到。</translation>
        </message>
        <message>
            <source>every rule</source>
            <translation>所有规则</translation>
        </message>
        <message>
            <source>every one</source>
            <translation>每一个</translation>
        </message>
        <message>
            <source>Usual spans</source>
            <translation>常用时长</translation>
        </message>
        <message>
            <source>new fans on Tuesday</source>
            <translation>周二换新风扇</translation>
        </message>
        <message>
            <source>Rule</source>
            <translation>规则</translation>
        </message>
        <message>
            <source>Server</source>
            <translation>服务器</translation>
        </message>
        <message>
            <source>Accelerator</source>
            <translation>加速器</translation>
        </message>
        <message>
            <source>For</source>
            <translation>时长</translation>
        </message>
        <message>
            <source>Seconds, or 90s, 15m, 2h, 7d.</source>
            <translation>秒数，或 90s、15m、2h、7d。</translation>
        </message>
        <message>
            <source>Reason</source>
            <translation>原因</translation>
        </message>
        <message>
            <source>Others will read it.</source>
            <translation>其他人会看到。</translation>
        </message>
        <message>
            <source>every server</source>
            <translation>所有服务器</translation>
        </message>
        <message>
            <source>It ends at {when}.</source>
            <translation>将于 {when} 结束。</translation>
        </message>
        <message>
            <source>It silences every alert of every server.</source>
            <translation>它会静默所有服务器的所有告警。</translation>
        </message>
        <message>
            <source>It silences every alert of this server.</source>
            <translation>它会静默此服务器的所有告警。</translation>
        </message>
        <message>
            <source>It silences this rule on every server.</source>
            <translation>它会在所有服务器上静默此规则。</translation>
        </message>
        <message>
            <source>Write seconds, or 90s, 15m, 2h, 7d; at most a year.</source>
            <translation>请输入秒数，或 90s、15m、2h、7d；最多一年。</translation>
        </message>
        <message>
            <source>Say why: others will read it.</source>
            <translation>请写明原因：其他人会看到。</translation>
        </message>
    </context>
    <context>
        <name>SourcesSheet</name>
        <message>
            <source>Sources</source>
            <translation>数据源</translation>
        </message>
        <message>
            <source>A site's Prometheus is read for servers that are not polled over SSH.</source>
            <translation>读取站点的 Prometheus，以查看未通过 SSH 轮询的服务器。</translation>
        </message>
        <message>
            <source>looking…</source>
            <translation>正在查看…</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>关闭</translation>
        </message>
        <message>
            <source>Add source…</source>
            <translation>添加数据源…</translation>
        </message>
        <message>
            <source>There are none yet.</source>
            <translation>暂时没有。</translation>
        </message>
        <message>
            <source>Remove</source>
            <translation>移除</translation>
        </message>
        <message>
            <source>Remove source {name}</source>
            <translation>移除数据源 {name}</translation>
        </message>
        <message>
            <source>not read yet</source>
            <translation>尚未读取</translation>
        </message>
        <message>
            <source>{servers} servers, {accelerators} accelerators; read in {seconds} s</source>
            <translation>{servers} 台服务器，{accelerators} 个加速器；读取用时 {seconds} 秒</translation>
        </message>
    </context>
    <context>
        <name>States</name>
        <message>
            <source>waiting</source>
            <translation>等待中</translation>
        </message>
        <message>
            <source>running</source>
            <translation>运行中</translation>
        </message>
        <message>
            <source>done</source>
            <translation>完成</translation>
        </message>
        <message>
            <source>loaded</source>
            <translation>已加载</translation>
        </message>
        <message>
            <source>not approved</source>
            <translation>未批准</translation>
        </message>
        <message>
            <source>changed since it was approved</source>
            <translation>认可后已被更改</translation>
        </message>
        <message>
            <source>invalid</source>
            <translation>无效</translation>
        </message>
        <message>
            <source>failed</source>
            <translation>失败</translation>
        </message>
        <message>
            <source>cancelled</source>
            <translation>已取消</translation>
        </message>
        <message>
            <source>undone</source>
            <translation>已撤销</translation>
        </message>
        <message>
            <source>unknown</source>
            <translation>未知</translation>
        </message>
        <message>
            <source>not watched</source>
            <translation>未监视</translation>
        </message>
        <message>
            <source>connecting</source>
            <translation>连接中</translation>
        </message>
        <message>
            <source>logging in</source>
            <translation>正在登录</translation>
        </message>
        <message>
            <source>up</source>
            <translation>在线</translation>
        </message>
        <message>
            <source>stale</source>
            <translation>数据过期</translation>
        </message>
        <message>
            <source>connection lost</source>
            <translation>连接已断开</translation>
        </message>
        <message>
            <source>open</source>
            <translation>已打开</translation>
        </message>
        <message>
            <source>reconnecting</source>
            <translation>重新连接中</translation>
        </message>
        <message>
            <source>refused</source>
            <translation>被拒绝</translation>
        </message>
        <message>
            <source>closed</source>
            <translation>已关闭</translation>
        </message>
        <message>
            <source>training</source>
            <translation>训练</translation>
        </message>
        <message>
            <source>inference</source>
            <translation>推理</translation>
        </message>
        <message>
            <source>both</source>
            <translation>两者</translation>
        </message>
        <message>
            <source>staging</source>
            <translation>准备中</translation>
        </message>
        <message>
            <source>queued</source>
            <translation>排队中</translation>
        </message>
        <message>
            <source>starting</source>
            <translation>启动中</translation>
        </message>
        <message>
            <source>succeeded</source>
            <translation>成功</translation>
        </message>
        <message>
            <source>timed out</source>
            <translation>超时</translation>
        </message>
        <message>
            <source>preempted</source>
            <translation>被抢占</translation>
        </message>
        <message>
            <source>lost</source>
            <translation>丢失</translation>
        </message>
        <message>
            <source>has it, gives on</source>
            <translation>已收到，正在转发</translation>
        </message>
        <message>
            <source>live</source>
            <translation>实时</translation>
        </message>
        <message>
            <source>degraded</source>
            <translation>降级</translation>
        </message>
        <message>
            <source>stopped</source>
            <translation>已停止</translation>
        </message>
        <message>
            <source>canary</source>
            <translation>金丝雀</translation>
        </message>
        <message>
            <source>kept warm</source>
            <translation>保温</translation>
        </message>
        <message>
            <source>ready</source>
            <translation>就绪</translation>
        </message>
        <message>
            <source>not ready</source>
            <translation>未就绪</translation>
        </message>
        <message>
            <source>exited</source>
            <translation>已退出</translation>
        </message>
    </context>
    <context>
        <name>StepCard</name>
        <message>
            <source>waiting for data</source>
            <translation>等待数据</translation>
        </message>
        <message>
            <source>forward</source>
            <translation>前向</translation>
        </message>
        <message>
            <source>backward</source>
            <translation>反向</translation>
        </message>
        <message>
            <source>optimizer</source>
            <translation>优化器</translation>
        </message>
        <message>
            <source>communication</source>
            <translation>通信</translation>
        </message>
        <message>
            <source>checkpoints</source>
            <translation>检查点</translation>
        </message>
        <message>
            <source>all else</source>
            <translation>其余</translation>
        </message>
        <message>
            <source>Time per step, as the loop reports it</source>
            <translation>每步用时(由训练循环报告)</translation>
        </message>
        <message>
            <source>mean of the last reports</source>
            <translation>最近几次报告的平均值</translation>
        </message>
    </context>
    <context>
        <name>Strip</name>
        <message>
            <source>Status</source>
            <translation>状态</translation>
        </message>
        <message>
            <source>{up} of {all} links up</source>
            <translation>连接 {up} / {all}</translation>
        </message>
        <message>
            <source>no servers yet</source>
            <translation>还没有服务器</translation>
        </message>
        <message>
            <source>{count} accelerators simulated</source>
            <translation>{count} 个模拟加速器</translation>
        </message>
        <message>
            <source>oldest data {age}: {server}</source>
            <translation>最旧数据 {age}：{server}</translation>
        </message>
        <message>
            <source>console {cpu} CPU, {memory}</source>
            <translation>控制台 {cpu} CPU，{memory}</translation>
        </message>
    </context>
    <context>
        <name>SubmitJobSheet</name>
        <message>
            <source>Submit job</source>
            <translation>提交作业</translation>
        </message>
        <message>
            <source>It runs on its server and goes on when this window is closed.</source>
            <translation>它在服务器上运行，关闭此窗口后继续。</translation>
        </message>
        <message>
            <source>Submit</source>
            <translation>提交</translation>
        </message>
        <message>
            <source>What to run</source>
            <translation>运行内容</translation>
        </message>
        <message>
            <source>Command</source>
            <translation>命令</translation>
        </message>
        <message>
            <source>Recipe</source>
            <translation>配方</translation>
        </message>
        <message>
            <source>Show plan</source>
            <translation>显示计划</translation>
        </message>
        <message>
            <source>Run as it is, without a shell; quote what has blanks.</source>
            <translation>按原样运行，不经过 shell；含空格的内容请加引号。</translation>
        </message>
        <message>
            <source>Any that fits</source>
            <translation>任一合适的</translation>
        </message>
        <message>
            <source>Server</source>
            <translation>服务器</translation>
        </message>
        <message>
            <source>after the script</source>
            <translation>默认取脚本名</translation>
        </message>
        <message>
            <source>GPUs</source>
            <translation>GPU</translation>
        </message>
        <message>
            <source>0 runs at once; others wait until that many are free.</source>
            <translation>0 立即运行；否则等待有足够数量空闲。</translation>
        </message>
        <message>
            <source>Name</source>
            <translation>名称</translation>
        </message>
        <message>
            <source>a folder of its own</source>
            <translation>独立的文件夹</translation>
        </message>
        <message>
            <source>Makes way for higher priority</source>
            <translation>为更高优先级让出</translation>
        </message>
        <message>
            <source>Environment</source>
            <translation>环境</translation>
        </message>
        <message>
            <source>One NAME=value a line.</source>
            <translation>每行一个 名称=值。</translation>
        </message>
        <message>
            <source>Secrets</source>
            <translation>机密</translation>
        </message>
        <message>
            <source>One name a line, or NAME=ENTRY of the keyring. Values come from there, or you are asked; the job gets them as variables.</source>
            <translation>每行一个名称，或 NAME=钥匙串条目。值取自钥匙串，或向您询问；作业以变量得到它们。</translation>
        </message>
        <message>
            <source>Python</source>
            <translation>Python</translation>
        </message>
        <message>
            <source>It is looked at on the server before the start.</source>
            <translation>启动前会在服务器上检查。</translation>
        </message>
        <message>
            <source>Folder on the server</source>
            <translation>服务器上的文件夹</translation>
        </message>
        <message>
            <source>Instead of code that goes along.</source>
            <translation>代替随带的代码。</translation>
        </message>
        <message>
            <source>Time limit</source>
            <translation>时间限制</translation>
        </message>
        <message>
            <source>Memory limit</source>
            <translation>内存上限</translation>
        </message>
        <message>
            <source>Of all its processes together.</source>
            <translation>所有进程合计。</translation>
        </message>
        <message>
            <source>Priority</source>
            <translation>优先级</translation>
        </message>
        <message>
            <source>Higher goes first in the queue.</source>
            <translation>数值高者在队列中优先。</translation>
        </message>
        <message>
            <source>Preemptible</source>
            <translation>可抢占</translation>
        </message>
        <message>
            <source>It is told to end, may save a checkpoint, waits, and is started again.</source>
            <translation>它会收到结束信号，可以保存检查点，等待后重新启动。</translation>
        </message>
        <message>
            <source>Retries</source>
            <translation>重试次数</translation>
        </message>
        <message>
            <source>After a failure or a lost supervisor, with pauses that grow.</source>
            <translation>失败或监护进程丢失之后，间隔逐次加长。</translation>
        </message>
        <message>
            <source>Outputs</source>
            <translation>输出</translation>
        </message>
        <message>
            <source>Patterns of files in its folder; what it writes to $TANDEM_OUTPUTS counts always.</source>
            <translation>其文件夹中的文件模式；写入 $TANDEM_OUTPUTS 的总是算作输出。</translation>
        </message>
        <message>
            <source>Metrics</source>
            <translation>指标</translation>
        </message>
        <message>
            <source>Files to read curves from. Left empty, $TANDEM_METRICS, TensorBoard's event files and metrics.csv are found. To write your own, in Python:</source>
            <translation>从中读取曲线的文件。留空时会找到 $TANDEM_METRICS、TensorBoard 事件文件和 metrics.csv。要自己写入,用 Python:</translation>
        </message>
        <message>
            <source>A quotation mark is not closed.</source>
            <translation>引号没有闭合。</translation>
        </message>
        <message>
            <source>Enter what to run.</source>
            <translation>请输入要运行的内容。</translation>
        </message>
        <message>
            <source>'{line}' is not NAME=value.</source>
            <translation>'{line}' 不是 名称=值。</translation>
        </message>
        <message>
            <source>Write bytes, or 512M, 24G.</source>
            <translation>请写字节数，或 512M、24G。</translation>
        </message>
        <message>
            <source>Write seconds, or 90s, 15m, 2h, 7d.</source>
            <translation>请写秒数，或 90s、15m、2h、7d。</translation>
        </message>
        <message>
            <source>A limit is above zero.</source>
            <translation>限制应大于零。</translation>
        </message>
    </context>
    <context>
        <name>Summary</name>
        <message>
            <source>Accuracy, held-out</source>
            <translation>准确率（留出集）</translation>
        </message>
        <message>
            <source>Requests</source>
            <translation>请求</translation>
        </message>
        <message>
            <source>Failed</source>
            <translation>失败</translation>
        </message>
        <message>
            <source>p50</source>
            <translation>p50</translation>
        </message>
        <message>
            <source>p99</source>
            <translation>p99</translation>
        </message>
        <message>
            <source>Versions</source>
            <translation>版本</translation>
        </message>
        <message>
            <source>Result</source>
            <translation>结果</translation>
        </message>
        <message>
            <source>Open job</source>
            <translation>打开作业</translation>
        </message>
        <message>
            <source>Open model</source>
            <translation>打开模型</translation>
        </message>
        <message>
            <source>Open deployment</source>
            <translation>打开部署</translation>
        </message>
        <message>
            <source>Result, measured in {span}</source>
            <translation>结果，测量时长 {span}</translation>
        </message>
    </context>
    <context>
        <name>TableCard</name>
        <message>
            <source>Servers</source>
            <translation>服务器</translation>
        </message>
        <message>
            <source>Filter servers and tiles</source>
            <translation>筛选服务器和方块</translation>
        </message>
        <message>
            <source>Views</source>
            <translation>视图</translation>
        </message>
        <message>
            <source>Find free GPUs…</source>
            <translation>查找空闲 GPU…</translation>
        </message>
        <message>
            <source>Add server…</source>
            <translation>添加服务器…</translation>
        </message>
        <message>
            <source>No server fits the filter.</source>
            <translation>没有符合筛选条件的服务器。</translation>
        </message>
        <message>
            <source>util, mem, free, temp, power, gpus, cpu, load, age, cost with &lt; &gt; = and a number; label.team=vision, name~gpu, who=ann, model~H100; lost, idle, busy, sick, up, down, training, inference; or part of a name. Join with &amp; and |, deny with !.</source>
            <translation>util、mem、free、temp、power、gpus、cpu、load、age、cost 加 &lt; &gt; = 和数字；label.team=vision、name~gpu、who=ann、model~H100；lost、idle、busy、sick、up、down、training、inference；或名称的一部分。用 &amp; 和 | 连接，用 ! 取反。</translation>
        </message>
        <message>
            <source>{count} of {all}</source>
            <translation>{count} / {all}</translation>
        </message>
        <message>
            <source>Save this view…</source>
            <translation>保存此视图…</translation>
        </message>
        <message>
            <source>Forget</source>
            <translation>清除记录</translation>
        </message>
    </context>
    <context>
        <name>TaskCard</name>
        <message>
            <source>Cancel the copy {title}</source>
            <translation>取消复制 {title}</translation>
        </message>
    </context>
    <context>
        <name>TextFileEditor</name>
        <message>
            <source>Read it again</source>
            <translation>重新读取</translation>
        </message>
        <message>
            <source>Save under another name…</source>
            <translation>另存为…</translation>
        </message>
        <message>
            <source>Back to the folder</source>
            <translation>返回文件夹</translation>
        </message>
        <message>
            <source>Save</source>
            <translation>保存</translation>
        </message>
        <message>
            <source>There are changes that are not saved.</source>
            <translation>有尚未保存的更改。</translation>
        </message>
        <message>
            <source>Keep editing</source>
            <translation>继续编辑</translation>
        </message>
        <message>
            <source>Discard changes</source>
            <translation>放弃更改</translation>
        </message>
        <message>
            <source>Text of the file</source>
            <translation>文件内容</translation>
        </message>
        <message>
            <source>saving…</source>
            <translation>正在保存…</translation>
        </message>
        <message>
            <source>only shown: its line ends differ or it holds what an editor would change</source>
            <translation>仅供查看：换行符不一致，或含有编辑器会改动的字符</translation>
        </message>
        <message>
            <source>not saved</source>
            <translation>未保存</translation>
        </message>
        <message>
            <source>{count} hidden characters in it</source>
            <translation>其中有 {count} 个不可见字符</translation>
        </message>
        <message>
            <source>Your text is in the clipboard.</source>
            <translation>您的文本已放入剪贴板。</translation>
        </message>
        <message>
            <source>Save under another name</source>
            <translation>另存为</translation>
        </message>
        <message>
            <source>The file that is there stays as it is.</source>
            <translation>原有文件保持不变。</translation>
        </message>
    </context>
    <context>
        <name>TimeRangeSheet</name>
        <message>
            <source>Time range</source>
            <translation>时间范围</translation>
        </message>
        <message>
            <source>All charts show this span until you go back to live.</source>
            <translation>在回到实时之前，所有图表都显示这段时间。</translation>
        </message>
        <message>
            <source>A time in {zone} (2026-01-31 12:00) or a span back from now (90m, 2h, 7d).</source>
            <translation>{zone} 时间（2026-01-31 12:00），或从现在往回的时长（90m、2h、7d）。</translation>
        </message>
        <message>
            <source>From</source>
            <translation>从</translation>
        </message>
        <message>
            <source>Until</source>
            <translation>到</translation>
        </message>
        <message>
            <source>Empty means now.</source>
            <translation>留空表示现在。</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <source>Show</source>
            <translation>显示</translation>
        </message>
        <message>
            <source>It must end at least a minute after it begins.</source>
            <translation>结束必须至少比开始晚一分钟。</translation>
        </message>
        <message>
            <source>It may be at most 30 days long.</source>
            <translation>最长 30 天。</translation>
        </message>
        <message>
            <source>This is neither a time nor a span.</source>
            <translation>这既不是时间也不是时长。</translation>
        </message>
    </context>
    <context>
        <name>Toast</name>
        <message>
            <source>Dismiss</source>
            <translation>关闭通知</translation>
        </message>
    </context>
    <context>
        <name>TopBar</name>
        <message>
            <source>Last 15 min</source>
            <translation>最近 15 分钟</translation>
        </message>
        <message>
            <source>Last hour</source>
            <translation>最近 1 小时</translation>
        </message>
        <message>
            <source>Last 24 hours</source>
            <translation>最近 24 小时</translation>
        </message>
        <message>
            <source>Last 7 days</source>
            <translation>最近 7 天</translation>
        </message>
        <message>
            <source>Last minute</source>
            <translation>最近 1 分钟</translation>
        </message>
        <message>
            <source>Last 5 min</source>
            <translation>最近 5 分钟</translation>
        </message>
        <message>
            <source>Last 6 hours</source>
            <translation>最近 6 小时</translation>
        </message>
        <message>
            <source>Last 30 days</source>
            <translation>最近 30 天</translation>
        </message>
        <message>
            <source>A fixed span</source>
            <translation>固定时间段</translation>
        </message>
        <message>
            <source>Time range</source>
            <translation>时间范围</translation>
        </message>
        <message>
            <source>More time ranges</source>
            <translation>更多时间范围</translation>
        </message>
        <message>
            <source>Menu</source>
            <translation>菜单</translation>
        </message>
        <message>
            <source>From … until …</source>
            <translation>从…到…</translation>
        </message>
        <message>
            <source>Around the last event</source>
            <translation>最近事件前后</translation>
        </message>
        <message>
            <source>Back to live</source>
            <translation>回到实时</translation>
        </message>
    </context>
    <context>
        <name>Traffic</name>
        <message>
            <source>1 replica</source>
            <translation>1 个副本</translation>
        </message>
        <message>
            <source>{count} replicas</source>
            <translation>{count} 个副本</translation>
        </message>
        <message>
            <source>{share} % of traffic</source>
            <translation>{share} % 流量</translation>
        </message>
    </context>
    <context>
        <name>TrafficBar</name>
        <message>
            <source>Traffic</source>
            <translation>流量</translation>
        </message>
        <message>
            <source>No traffic</source>
            <translation>没有流量</translation>
        </message>
    </context>
    <context>
        <name>Tray</name>
        <message>
            <source>Show alerts</source>
            <translation>显示告警</translation>
        </message>
        <message>
            <source>Quit</source>
            <translation>退出</translation>
        </message>
    </context>
    <context>
        <name>TrustSheet</name>
        <message>
            <source>Trust the host key of {server}?</source>
            <translation>信任 {server} 的主机密钥？</translation>
        </message>
        <message>
            <source>Compare the fingerprint with the server's owner. Who trusts a wrong key talks to whoever is in between.</source>
            <translation>请与服务器所有者核对指纹。信任了错误的密钥，就是在与中间人通信。</translation>
        </message>
        <message>
            <source>Fingerprint</source>
            <translation>指纹</translation>
        </message>
        <message>
            <source>asking the server…</source>
            <translation>正在询问服务器…</translation>
        </message>
        <message>
            <source>Copy</source>
            <translation>复制</translation>
        </message>
        <message>
            <source>On the server: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub</source>
            <translation>在服务器上：ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <source>Trust this key</source>
            <translation>信任此密钥</translation>
        </message>
        <message>
            <source>Type</source>
            <translation>类型</translation>
        </message>
        <message>
            <source>Host</source>
            <translation>主机</translation>
        </message>
    </context>
    <context>
        <name>TryDeploymentSheet</name>
        <message>
            <source>Try {name}</source>
            <translation>试用 {name}</translation>
        </message>
        <message>
            <source>One request through an encrypted forward to {endpoint} on {server}.</source>
            <translation>通过加密转发向 {server} 上的 {endpoint} 发送一个请求。</translation>
        </message>
        <message>
            <source>Send</source>
            <translation>发送</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>关闭</translation>
        </message>
        <message>
            <source>Request</source>
            <translation>请求</translation>
        </message>
        <message>
            <source>JSON of {protocol}.</source>
            <translation>{protocol} 的 JSON。</translation>
        </message>
        <message>
            <source>Copy</source>
            <translation>复制</translation>
        </message>
        <message>
            <source>Answer</source>
            <translation>应答</translation>
        </message>
        <message>
            <source>That is no JSON: {reason}</source>
            <translation>这不是 JSON：{reason}</translation>
        </message>
    </context>
    <context>
        <name>UpdateDeploymentSheet</name>
        <message>
            <source>Switch version</source>
            <translation>切换版本</translation>
        </message>
        <message>
            <source>The new version starts beside {now}; the traffic moves when it is ready, and no request is lost. The old one is kept for a rollback.</source>
            <translation>新版本在 {now} 旁启动；就绪后流量才切换，不丢失请求。旧版本保留以便回滚。</translation>
        </message>
        <message>
            <source>Switch</source>
            <translation>切换</translation>
        </message>
        <message>
            <source>Version</source>
            <translation>版本</translation>
        </message>
        <message>
            <source>{model} has no other version yet; register one first.</source>
            <translation>{model} 还没有其他版本；请先登记。</translation>
        </message>
    </context>
    <context>
        <name>Usage</name>
        <message>
            <source>GPUs {names}</source>
            <translation>GPU {names}</translation>
        </message>
        <message>
            <source>at least {share}</source>
            <translation>至少 {share}</translation>
        </message>
        <message>
            <source>GPU {name}</source>
            <translation>GPU {name}</translation>
        </message>
        <message>
            <source>{who} idle for {share} of the run</source>
            <translation>{who} 在运行的 {share} 时间内空闲</translation>
        </message>
        <message>
            <source>{who} idle for {share} of what was observed of the run</source>
            <translation>{who} 在已观测到的运行时间的 {share} 内空闲</translation>
        </message>
        <message>
            <source>{who} idle for {share} of the {seen} % of the run that was observed</source>
            <translation>{who} 在已观测到的 {seen} % 运行时间的 {share} 内空闲</translation>
        </message>
        <message>
            <source>used {share}</source>
            <translation>使用 {share}</translation>
        </message>
        <message>
            <source>idle {share}</source>
            <translation>空闲 {share}</translation>
        </message>
        <message>
            <source>card {size}</source>
            <translation>整卡 {size}</translation>
        </message>
        <message>
            <source>GPU time</source>
            <translation>GPU 时间</translation>
        </message>
        <message>
            <source>GPU use</source>
            <translation>GPU 使用率</translation>
        </message>
        <message>
            <source>energy</source>
            <translation>能耗</translation>
        </message>
        <message>
            <source>cost</source>
            <translation>费用</translation>
        </message>
        <message>
            <source>processor time</source>
            <translation>处理器时间</translation>
        </message>
        <message>
            <source>peak memory</source>
            <translation>内存峰值</translation>
        </message>
        <message>
            <source>{share} of the run</source>
            <translation>运行的 {share}</translation>
        </message>
        <message>
            <source>observed</source>
            <translation>已观测</translation>
        </message>
    </context>
    <context>
        <name>UsageCard</name>
        <message>
            <source>Usage</source>
            <translation>用量</translation>
        </message>
    </context>
    <context>
        <name>UsageReportPage</name>
        <message>
            <source>Cost</source>
            <translation>费用</translation>
        </message>
        <message>
            <source>Utilization</source>
            <translation>利用率</translation>
        </message>
        <message>
            <source>Jobs that ended in</source>
            <translation>结束于以下时段的作业</translation>
        </message>
        <message>
            <source>24 h</source>
            <translation>24 小时</translation>
        </message>
        <message>
            <source>7 d</source>
            <translation>7 天</translation>
        </message>
        <message>
            <source>30 d</source>
            <translation>30 天</translation>
        </message>
        <message>
            <source>all</source>
            <translation>全部</translation>
        </message>
        <message>
            <source>Export CSV…</source>
            <translation>导出 CSV…</translation>
        </message>
        <message>
            <source>Who</source>
            <translation>谁</translation>
        </message>
        <message>
            <source>Add up by</source>
            <translation>汇总方式</translation>
        </message>
        <message>
            <source>Filter</source>
            <translation>筛选</translation>
        </message>
        <message>
            <source>No job of that time is known here. What jobs used is added up on their servers and read with the list of jobs.</source>
            <translation>此处没有该时段的作业。作业的用量在其服务器上累计，并随作业列表一起读取。</translation>
        </message>
        <message>
            <source>{count} jobs</source>
            <translation>{count} 个作业</translation>
        </message>
        <message>
            <source>used {share}, idle {idle}</source>
            <translation>使用 {share}，空闲 {idle}</translation>
        </message>
        <message>
            <source>{span} of GPU time</source>
            <translation>GPU 时间 {span}</translation>
        </message>
        <message>
            <source>By the rates of the servers as they are entered now: each accelerator is an equal part of its server's rate. {share} of the time has a price; what has none is left out, not taken as 0.</source>
            <translation>按当前录入的服务器费率计算：每个加速器平均分摊其服务器的费率。{share} 的时间有价格；没有价格的部分不计入，也不按 0 计算。</translation>
        </message>
        <message>
            <source>Added up on the servers while the jobs ran, whether a console was there or not; {share} of the run time was observed. Idle is less than 5 % in the mean of a look.</source>
            <translation>作业运行期间在服务器上累计，无论是否有控制台连接；观测到 {share} 的运行时间。一次观测的平均值低于 5 % 视为空闲。</translation>
        </message>
        <message>
            <source>A server with several labels counts in each of them.</source>
            <translation>有多个标签的服务器会计入每个标签。</translation>
        </message>
        <message>
            <source>Export CSV</source>
            <translation>导出 CSV</translation>
        </message>
    </context>
    <context>
        <name>Window</name>
        <message>
            <source>Back</source>
            <translation>后退</translation>
        </message>
        <message>
            <source>Next area</source>
            <translation>下一区域</translation>
        </message>
        <message>
            <source>Previous area</source>
            <translation>上一区域</translation>
        </message>
        <message>
            <source>Search on this page</source>
            <translation>在此页搜索</translation>
        </message>
        <message>
            <source>Switch between dark and light</source>
            <translation>切换深色与浅色</translation>
        </message>
        <message>
            <source>Run the round</source>
            <translation>运行演示流程</translation>
        </message>
        <message>
            <source>This page</source>
            <translation>本页</translation>
        </message>
        <message>
            <source>{command}: which server?</source>
            <translation>{command}：哪台服务器？</translation>
        </message>
    </context>
    <context>
        <name>_Curve</name>
        <message>
            <source>no data in this span</source>
            <translation>此时段没有数据</translation>
        </message>
    </context>
    <context>
        <name>_OfferRow</name>
        <message>
            <source>Open</source>
            <translation>打开</translation>
        </message>
        <message>
            <source>Run a job here…</source>
            <translation>在此运行作业…</translation>
        </message>
        <message>
            <source>GPU {indexes} · {memory} free each · {count} to spare</source>
            <translation>GPU {indexes} · 每个空闲 {memory} · 共 {count} 个可用</translation>
        </message>
    </context>
</TS>
